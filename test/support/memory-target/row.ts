// The row of the target memory. A process that is started with `--import` of this file knows it.
import { TARGETS } from "../../../infra/targets.ts";

TARGETS.set("memory", {
  defaults: { cpus: 1, startupTimeoutSeconds: 60 },
  needs: { dockerEngine: false, variables: ["MEMORY_", "NODE_OPTIONS"], plugins: [] },
  errorTexts: [],
  capabilities: () => ({
    addresses: false,
    dataLimit: false,
    calls: false,
    rehearsal: true,
    preboot: false,
    backups: true,
  }),
  load: () => import("./target.ts"),
  loadStack: () => import("./stack.ts"),
});
