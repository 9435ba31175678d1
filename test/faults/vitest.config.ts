// The fault matrix, and the whole of the matrices that `npm test` has a part of, `npm run test:faults`: they take too long
// for `npm test`.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { defineConfig } from "vitest/config";
import { OPTIONS } from "../vitest-options.ts";

const E2E = join(import.meta.dirname, "../e2e");
/** As test/support/matrix.ts has it, which no configuration can import. */
const WHOLE_VARIABLE = "BERTH_TEST_WHOLE_MATRIX";

const matrices = readdirSync(E2E).filter(
  (name) => name.endsWith(".test.ts") && readFileSync(join(E2E, name), "utf8").includes("support/matrix.ts"),
);

// biome-ignore lint/style/noDefaultExport: vitest reads its configuration from the default export.
export default defineConfig({
  test: {
    ...OPTIONS,
    include: ["test/faults/*.test.ts", ...matrices.map((name) => `test/e2e/${name}`)],
    exclude: [],
    env: { [WHOLE_VARIABLE]: "yes" },
  },
});
