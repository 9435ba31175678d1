import { existsSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { LONGEST } from "./longest-first.ts";

it("what is to begin early are files of tests", () => {
  const paths = LONGEST.map((name) => join(import.meta.dirname, `${name}.test.ts`));
  expect(paths.filter((path) => !existsSync(path))).toEqual([]);
});
