// Conversations with every provider, `npm run test:conversation`: they take too long for `npm test`, which has one.
import { defineConfig } from "vitest/config";
import { OPTIONS } from "../vitest-options.ts";

// biome-ignore lint/style/noDefaultExport: vitest reads its configuration from the default export.
export default defineConfig({
  test: { ...OPTIONS, include: ["test/conversation/*.test.ts"], exclude: [], maxWorkers: 1 },
});
