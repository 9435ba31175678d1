// The order of `npm test`: the longest files first, so that its workers end together. Those that share workers come last,
// one after another: vitest gives a worker on to the next file alone.
import { relative } from "node:path";
import { BaseSequencer, type TestSpecification } from "vitest/node";

const FOLDER = import.meta.dirname;
/** Those of half a minute and more while others run beside them, the longest first. */
export const LONGEST: readonly string[] = [
  "infra/toolchain/stand-in-docker",
  "e2e/engine-asked",
  "e2e/backups",
  "infra/docker/write-settings",
  "api/web/pages",
  "e2e/failures",
  "e2e/conversation",
  "e2e/data-folder-before-rooms",
  "e2e/preboot",
  "e2e/patch",
  "e2e/restart",
  "e2e/dashboard-faults",
  "e2e/upgrade",
  "e2e/drift",
  "e2e/state-limit",
  "e2e/payments",
  "e2e/lifecycle",
  "e2e/isolation",
  "stacks/keys/keys",
  "infra/docker/host-rules",
  "e2e/canaries",
  "infra/toolchain/stand-in-command",
  "e2e/pages",
  "e2e/aws-backups",
  "e2e/doctor",
  "e2e/faults",
  "e2e/plain-cli",
  "e2e/model-gateway",
  "e2e/code-cache",
  "e2e/fleet",
  "e2e/third-target",
  "e2e/model-check",
  "e2e/pairing",
  "api/web/dashboard",
  "e2e/refused-settings",
  "api/live",
  "api/fuzz",
  "e2e/dashboard",
  "e2e/aws",
  "e2e/model-facts",
  "api/bots-proven",
  "api/limits",
  "e2e/callbacks",
  "e2e/official-plugins",
  "api/commands/sign-in",
  "e2e/rehearsal",
  "e2e/no-engine",
  "infra/toolchain/stand-in-docker-faults",
  "api/hostile",
  "stacks/callbacks/sender",
  "infra/aws/state",
  "e2e/look-inside",
  "api/payments",
  "e2e/conversation-status",
  "e2e/rehearsal-roles",
  "infra/toolchain/bootstrap",
  "api/several-processes",
  "infra/docker/provider-name",
  "infra/aws/transfer-program",
];

export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    return files.toSorted(
      (one, other) =>
        Number(other.project.config.isolate) - Number(one.project.config.isolate) ||
        placeOf(one) - placeOf(other) ||
        (one.moduleId < other.moduleId ? -1 : 1),
    );
  }
}

function placeOf({ moduleId }: TestSpecification): number {
  const place = LONGEST.indexOf(relative(FOLDER, moduleId).replace(/\.test\.ts$/, ""));
  return place < 0 ? LONGEST.length : place;
}
