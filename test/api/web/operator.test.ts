// The operator's pages without their pages: whom an upgrade is for, what doctor's findings ask for, whose image is behind.
import { describe, expect, it } from "vitest";
import { asText, byAdvice, gapsOf, summaryOf } from "../../../api/web/pages/operator/doctor/group.ts";
import { imageStanding, shortImage } from "../../../api/web/pages/operator/fleet/image-standing.ts";
import { whomToUpgrade } from "../../../api/web/pages/operator/upgrade/whom.ts";

const NEW = `sha256:${"a".repeat(64)}`;
const OLD = `sha256:${"b".repeat(64)}`;
const IMAGE = { reference: "ghcr.io/a/b:1", isCustom: false, pinned: OLD, rolledBackFrom: null };

describe("an image", () => {
  it.each([
    ["Behind", {}, NEW],
    ["Current", { pinned: NEW }, NEW],
    ["Rolled back", { rolledBackFrom: NEW }, NEW],
    ["Behind", { rolledBackFrom: OLD }, NEW],
    ["Not pulled", {}, null],
  ])("is %s: %j, latest %s", (word, change, latest) => {
    expect(imageStanding({ image: { ...IMAGE, ...change }, latest })?.word).toBe(word);
  });

  it("is none before the first activation, and is named by the beginning of its digest", () => {
    expect(imageStanding({ image: { ...IMAGE, pinned: null }, latest: NEW })).toBeNull();
    expect(shortImage(`ghcr.io/a/b@${NEW}`)).toBe("a".repeat(12));
    expect(shortImage("ghcr.io/a/b:1")).toBe("ghcr.io/a/b:1");
  });
});

describe("an upgrade of many", () => {
  const member = (change: object, image: object = {}) => ({
    ...{ deploymentId: "1", account: "acme", status: "active", latest: NEW, ...change },
    image: { ...IMAGE, ...image },
  });
  const members = [
    member({ deploymentId: "due" }),
    member({ deploymentId: "custom" }, { isCustom: true }),
    member({ deploymentId: "tried" }, { rolledBackFrom: NEW }),
    member({ status: "stopped" }),
    member({ status: "stopped" }),
    member({ status: "purchased" }),
  ];

  it("is for what is due, and counts what is left alone", () => {
    const { due, leftAlone } = whomToUpgrade(members, { image: undefined, retries: false });
    expect(due.map(({ deploymentId }) => deploymentId)).toEqual(["due"]);
    expect(leftAlone.map(({ standing, count }) => [standing, count])).toEqual([
      ["custom", 1],
      ["rolled back", 1],
      ["stopped", 2],
      ["not activated", 1],
    ]);
  });

  it("takes the place of images of their own if one is named, and tries again if that is wanted", () => {
    const { due } = whomToUpgrade(members, { image: "ghcr.io/a/b:2", retries: true });
    expect(due.map(({ deploymentId }) => deploymentId)).toEqual(["due", "custom", "tried"]);
  });
});

describe("doctor's findings", () => {
  const finding = (advice: string, severity: "error" | "warning" = "error") => ({
    ...{ check: "limits", severity, message: "Memory: expected 64 MiB, found none.", advice },
  });
  const examined = [
    {
      deploymentId: null,
      account: null,
      checks: 3,
      findings: [finding("chmod 0700 /b")],
      unchecked: ["locks"],
    },
    { deploymentId: "1", account: "acme", checks: 9, findings: [finding("Redeploy it.")], unchecked: [] },
    {
      ...{ deploymentId: "2", account: "acme", checks: 9, unchecked: ["locks"] },
      findings: [finding("Redeploy it.", "warning"), finding("Wait.", "warning")],
    },
  ];

  it("are grouped by what to do: errors first, then what most have", () => {
    const todos = byAdvice(examined);
    expect(todos.map(({ advice, severity, found }) => [advice, severity, found.length])).toEqual([
      ["Redeploy it.", "error", 2],
      ["chmod 0700 /b", "error", 1],
      ["Wait.", "warning", 1],
    ]);
    expect(todos[0]?.found.map(({ deploymentId }) => deploymentId)).toEqual(["1", "2"]);
  });

  it("are the text that the command prints", () => {
    const lines = asText(examined).split("\n");
    expect(lines[0]).toBe("error installation limits: Memory: expected 64 MiB, found none. → chmod 0700 /b");
    expect(lines[1]).toMatch(/^error 1 \(acme\) limits: /);
    expect(lines.at(-2)).toBe("not checked for 2: locks");
    expect(lines.at(-1)).toBe("2 deployments, 21 checks, 4 findings");
    expect(gapsOf(examined)).toEqual([["locks", 2]]);
    expect(summaryOf([])).toBe("0 deployments, 0 checks, 0 findings");
    const one = {
      ...examined[1],
      checks: 1,
      findings: examined[1]?.findings.slice(0, 1),
    } as (typeof examined)[0];
    expect(summaryOf([one])).toBe("1 deployment, 1 check, 1 finding");
  });
});
