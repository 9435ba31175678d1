// Any two files may run side by side: those that start containers have ports and subnets of their own.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";

const E2E = join(import.meta.dirname, "../e2e");
const SLICE = /(?:\b(?:startTestBerth|Server\.start|testEnvironment)\(|\bSLICE = |\bslice: )(\d+)\b/g;

const used = readdirSync(E2E)
  .filter((name) => name.endsWith(".test.ts"))
  .map((name) => ({
    name,
    slices: new Set([...readFileSync(join(E2E, name), "utf8").matchAll(SLICE)].map(([, slice]) => slice)),
  }));

it("no two files of test/e2e have the same slice", () => {
  const all = used.flatMap(({ name, slices }) => [...slices].map((slice) => ({ name, slice })));
  expect(all.length).toBeGreaterThan(30);
  const shared = all.filter(({ slice }) => all.filter((other) => other.slice === slice).length > 1);
  expect(shared).toEqual([]);
});
