// The fault matrix, and the whole of the matrices that `npm test` has a part of, `npm run test:faults`: they take too long
// for `npm test`.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { defineConfig } from "vitest/config";
import { OPTIONS, WHOLE_MATRIX } from "../vitest-options.ts";

const FOLDER = join(import.meta.dirname, "..");
/** Real OpenClaw talks there: its matrix is that of `npm run test:conversation`. */
const OTHERS = /^(faults|conversation)\/|^e2e\/conversation\.test\.ts$/;

const matrices = readdirSync(FOLDER, { recursive: true, encoding: "utf8" }).filter(
  (name) =>
    name.endsWith(".test.ts") &&
    !OTHERS.test(name) &&
    readFileSync(join(FOLDER, name), "utf8").includes("support/matrix.ts"),
);

// biome-ignore lint/style/noDefaultExport: vitest reads its configuration from the default export.
export default defineConfig({
  test: {
    ...OPTIONS,
    include: ["test/faults/*.test.ts", ...matrices.map((name) => `test/${name}`)],
    exclude: [],
    env: WHOLE_MATRIX,
  },
});
