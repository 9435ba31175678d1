// The fault matrix, `npm run test:faults`: it takes too long for `npm test`.
import { defineConfig } from "vitest/config";
import everyTest from "../vitest.config.ts";

// biome-ignore lint/style/noDefaultExport: vitest reads its configuration from the default export.
export default defineConfig({
  test: { ...everyTest.test, include: ["test/faults/*.test.ts"], exclude: [] },
});
