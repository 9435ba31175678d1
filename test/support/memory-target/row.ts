// The rows of the target memory, and of another that differs in its world alone. A process that is started with `--import` of
// this file knows them.
import type { TargetRow } from "../../../infra/target-row.ts";
import { TARGETS } from "../../../infra/targets.ts";
import { WORLDS } from "./place.ts";

const ROW: TargetRow = {
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
};

for (const name of WORLDS.keys()) TARGETS.set(name, ROW);
