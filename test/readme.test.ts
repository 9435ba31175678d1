// The tables of the pages are those of the code: errors, causes, warnings, states, settings.
import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { modelGatewayEnvironment } from "../api/config/model-gateway.ts";
import { STATE_FULL } from "../stacks/causes.ts";
import { ERRORS } from "../stacks/errors.ts";
import { ENDS, LIFECYCLE } from "../stacks/lifecycle.ts";

const config = ["config.ts", "kubernetes.ts", "limits.ts", "model-gateway.ts", "stacks.ts", "tracing.ts"]
  .map((name) => readFileSync(new URL(`../api/config/${name}`, import.meta.url), "utf8"))
  .join("\n");

function section(page: string, heading: string): string {
  const text = readFileSync(new URL(`../docs/${page}`, import.meta.url), "utf8");
  return text.split(`## ${heading}\n`)[1]?.split("\n## ")[0] ?? "";
}

/** Codes of causes that these files make; relative to `stacks/`. */
function codesIn(...files: string[]): Set<string> {
  const texts = files.map((file) => readFileSync(new URL(`../stacks/${file}`, import.meta.url), "utf8"));
  const found = texts.join("\n").matchAll(/(?:code: |^(?:export )?const [A-Z_]+ = )"([A-Z_]+)"/gm);
  return new Set([...found].map(([, code = ""]) => code));
}

function rows(text: string): string[][] {
  const lines = text.split("\n").filter((line) => line.startsWith("| "));
  return lines.slice(2).map((line) =>
    line
      .split("|")
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
}

it("errors", () => {
  const registry = Object.entries(ERRORS).map(([code, { status, meaning }]) => [
    code,
    String(status),
    meaning,
  ]);
  expect(rows(section("api.md", "Errors"))).toEqual(registry);
});

it("causes of failed operations", () => {
  const known = codesIn(
    "causes.ts",
    "pulumi/error-texts.ts",
    "pulumi/known-texts.ts",
    "../infra/aws/error-texts.ts",
    "../infra/kubernetes/error-texts.ts",
    "worker/upgrade-causes.ts",
    "worker/move-causes.ts",
    "watch/data-size/causes.ts",
  );
  // A warning alone.
  known.delete("STATE_NEARLY_FULL");
  const documented = rows(section("api.md", "Causes")).map(([code = ""]) => code);
  expect(documented.toSorted()).toEqual([...known].toSorted());
});

it("warnings", () => {
  const known = codesIn(
    "watch/conversation-record.ts",
    "watch/models.ts",
    "watch/readiness.ts",
    "usage/limit-warnings.ts",
    "watch/data-size/causes.ts",
    "../infra/assistant/edit-settings.mjs",
  ).add(STATE_FULL);
  const documented = rows(section("drift-and-warnings.md", "Warnings")).map(([code = ""]) => code);
  expect(documented.flatMap((code) => code.match(/[A-Z_]{5,}/g) ?? []).toSorted()).toEqual(
    [...known].toSorted(),
  );
});

it("states", () => {
  const { pay: _pay, crash: _crash, ...calls } = LIFECYCLE;
  expect(rows(section("api.md", "States"))).toEqual(
    Object.entries(calls).map(([call, { from }]) => [call, from.join(", ")]),
  );
});

it("where operations lead", () => {
  const { crash: _crash, ...operations } = ENDS;
  const said = (to: string | object) =>
    typeof to === "string"
      ? to
      : Object.entries(to)
          .map(([from, status]) => `${status} if it was ${from}`)
          .join(", ") || "as it was";
  expect(rows(section("api.md", "Where an operation leads"))).toEqual(
    Object.entries(operations).map(([kind, ends]) => [
      kind,
      said(ends.succeeded),
      said(ends.failed),
      said("cutOff" in ends ? ends.cutOff : ends.failed),
      "broughtBack" in ends ? ends.broughtBack.join(" or ") : "–",
      said(ends.cancelled),
    ]),
  );
});

it("settings", () => {
  const groups = readFileSync(new URL("../docs/settings.md", import.meta.url), "utf8")
    .split("\n## ")
    .slice(1);
  const documented = groups
    .flatMap(rows)
    .flatMap(([names = ""]) => names.replace("(_FILE)", ", PULUMI_CONFIG_PASSPHRASE_FILE").split(", "));
  const read = [...config.matchAll(/^ {2}([A-Z][A-Z_]+):/gm)].map(([, name]) => name);
  const all = new Set([...read, ...Object.keys(modelGatewayEnvironment)]);
  expect(documented.toSorted()).toEqual([...all].toSorted());
});
