// Conversations with every provider, and the whole of the one that `npm test` has a part of, `npm run test:conversation`:
// they take too long for `npm test`.
import { defineConfig } from "vitest/config";
import { OPTIONS, WHOLE_MATRIX } from "../vitest-options.ts";

// biome-ignore lint/style/noDefaultExport: vitest reads its configuration from the default export.
export default defineConfig({
  test: {
    ...OPTIONS,
    include: ["test/conversation/*.test.ts", "test/e2e/conversation.test.ts"],
    exclude: [],
    maxWorkers: 1,
    env: WHOLE_MATRIX,
  },
});
