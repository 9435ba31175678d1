// The tests that generate what they try, for `npm run test:explore`: those that import fast-check or the seed.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { defineConfig } from "vitest/config";
import { OPTIONS, WHOLE_MATRIX } from "./vitest-options.ts";

const FOLDER = import.meta.dirname;

function isGenerative(name: string): boolean {
  return /^import .*support\/(fast-check|seed)\.ts";$/m.test(readFileSync(join(FOLDER, name), "utf8"));
}

const tests = readdirSync(FOLDER, { recursive: true, encoding: "utf8" }).filter(
  (name) => name.endsWith(".test.ts") && !name.startsWith("faults/") && isGenerative(name),
);

// biome-ignore lint/style/noDefaultExport: vitest reads its configuration from the default export.
export default defineConfig({
  test: { ...OPTIONS, include: tests.map((name) => `test/${name}`), env: WHOLE_MATRIX },
});
