// Whom the operator's `upgrade` is for, and how it is handed out.
import { expect, it } from "vitest";
import { type Ended, endOf, type Member, rollOut, standingOf } from "../../../stacks/operations/rollout.ts";

const NEW = "ghcr.io/a/b@sha256:new";
const OLD = "ghcr.io/a/b@sha256:old";

function member(
  change: Partial<Omit<Member, "image">> & { readonly image?: Partial<Member["image"]> },
): Member {
  const image = { isCustom: false, pinned: OLD, rolledBackFrom: null, ...change.image };
  return { deploymentId: "1", account: "acme", status: "active", latest: NEW, ...change, image };
}

it.each([
  ["due", {}],
  ["due", { latest: null }],
  ["due", { image: { rolledBackFrom: OLD } }],
  ["up to date", { latest: OLD }],
  ["custom", { image: { isCustom: true } }],
  ["rolled back", { image: { rolledBackFrom: NEW } }],
  ["stopped", { status: "stopped" }],
  ["stopped", { status: "suspended" }],
  ["failed", { status: "failed" }],
  ["busy", { status: "deploying" }],
  ["not activated", { status: "purchased", image: { pinned: null } }],
] as const)("%s: %j", (standing, change) => {
  expect(standingOf(member(change), { replacesCustom: false, retries: false })).toBe(standing);
});

it("an image that is given replaces customers' own, and a retry is one more try", () => {
  const wants = { replacesCustom: true, retries: true };
  expect(standingOf(member({ image: { isCustom: true } }), wants)).toBe("due");
  expect(standingOf(member({ image: { rolledBackFrom: NEW } }), wants)).toBe("due");
});

it("hands out a few at a time, each once, and stops after so many failures", async () => {
  let running = 0;
  let most = 0;
  const begun: string[] = [];
  const ids = Array.from({ length: 9 }, (_, index) => `${index}`);
  const outcome = await rollOut(ids, {
    atOnce: 2,
    maxFailures: 3,
    maxNotBegun: 10,
    signal: new AbortController().signal,
    async upgrade(id) {
      begun.push(id);
      most = Math.max(most, ++running);
      await new Promise((resolve) => setTimeout(resolve, 5));
      running--;
      return id === "0" ? "upgraded" : "failed";
    },
  });
  expect(most).toBe(2);
  // One that runs beside the third failure is waited for.
  expect(outcome.failed === 3 || outcome.failed === 4).toBe(true);
  expect(outcome.succeeded).toBe(1);
  expect([...begun, ...outcome.left]).toEqual(ids);
});

it("hands out nothing more once it is interrupted", async () => {
  const interrupting = new AbortController();
  const upgrade = async () => {
    interrupting.abort();
    return "upgraded" as const;
  };
  const outcome = await rollOut(["1", "2", "3"], {
    atOnce: 1,
    maxFailures: 3,
    maxNotBegun: 10,
    signal: interrupting.signal,
    upgrade,
  });
  expect(outcome).toEqual({ succeeded: 1, failed: 0, left: ["2", "3"] });
});

it("goes on past those that were not begun, unless all are", async () => {
  const ids = Array.from({ length: 30 }, (_, index) => index);
  const through = (upgrade: (index: number) => Ended) =>
    rollOut(ids.map(String), {
      atOnce: 1,
      maxFailures: 3,
      maxNotBegun: 10,
      signal: new AbortController().signal,
      upgrade: async (id) => upgrade(Number(id)),
    });
  const some = await through((index) => (index < 9 || index > 20 ? "not begun" : "upgraded"));
  expect(some).toEqual({ succeeded: 12, failed: 18, left: [] });
  const none = await through(() => "not begun");
  expect([none.failed, none.left.length]).toEqual([10, 20]);
  const bad = await through((index) => (index < 5 ? "not begun" : "failed"));
  expect([bad.failed, bad.left.length]).toEqual([8, 22]);
});

it.each([
  ["upgraded", "active", "succeeded", null],
  ["not begun", "active", "failed", "ENGINE_UNAVAILABLE"],
  ["not begun", "active", "cancelled", null],
  ["failed", "active", "failed", "UPGRADE_ROLLED_BACK"],
  ["failed", "failed", "failed", "STARTUP_FAILED"],
] as const)("%s: %s after an operation that %s with %s", (ended, status, state, code) => {
  expect(endOf({ status, operation: { state, error: code && { code } } })).toBe(ended);
});
