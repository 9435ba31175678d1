// Conversations with every provider, `npm run test:conversation`: they take too long for `npm test`, which has one.
import { defineConfig } from "vitest/config";
import everyTest from "../vitest.config.ts";

// biome-ignore lint/style/noDefaultExport: vitest reads its configuration from the default export.
export default defineConfig({
  test: { ...everyTest.test, include: ["test/conversation/*.test.ts"], exclude: [], maxWorkers: 1 },
});
