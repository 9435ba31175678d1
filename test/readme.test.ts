// The README's tables are those of the code: errors, states, settings.
import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { ERRORS } from "../stacks/errors.ts";
import { LIFECYCLE } from "../stacks/lifecycle.ts";

const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8");
const config = readFileSync(new URL("../api/config.ts", import.meta.url), "utf8");

function rows(heading: string): string[][] {
  const section = readme.split(`## ${heading}\n`)[1]?.split("\n## ")[0] ?? "";
  const lines = section.split("\n").filter((line) => line.startsWith("| "));
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
  expect(rows("Errors")).toEqual(registry);
});

it("states", () => {
  const { pay: _pay, crash: _crash, ...calls } = LIFECYCLE;
  expect(rows("States")).toEqual(Object.entries(calls).map(([call, { from }]) => [call, from.join(", ")]));
});

it("settings", () => {
  const documented = rows("Settings").flatMap(([names = ""]) =>
    names.replace("(_FILE)", ", PULUMI_CONFIG_PASSPHRASE_FILE").split(", "),
  );
  const read = [...config.matchAll(/^ {2}([A-Z][A-Z_]+):/gm)].map(([, name]) => name);
  expect(documented.toSorted()).toEqual(read.toSorted());
});
