// The tests on a real Kubernetes cluster, `npm run test:cluster`: they take too long for `npm test`, and need root.
import { defineConfig } from "vitest/config";
import { OPTIONS } from "../vitest-options.ts";

// biome-ignore lint/style/noDefaultExport: vitest reads its configuration from the default export.
export default defineConfig({
  test: {
    ...OPTIONS,
    include: ["test/cluster/*.test.ts"],
    globalSetup: ["test/cluster/global-setup.ts"],
    // They share one cluster of two cores.
    fileParallelism: false,
  },
});
