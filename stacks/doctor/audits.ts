// The targets of which doctor examines more than records and stacks, by their names.
import { dockerAudit } from "./docker/audit.ts";
import { kubernetesAudit } from "./kubernetes/audit.ts";
import type { TargetAudit } from "./target-audit.ts";

export const AUDITS: ReadonlyMap<string, TargetAudit> = new Map([
  ["docker", dockerAudit],
  ["kubernetes", kubernetesAudit],
]);
