// The order of `npm test`: the longest files first, so that its workers end together. Those that share workers come last,
// one after another: vitest gives a worker on to the next file alone.
import { relative } from "node:path";
import { BaseSequencer, type TestSpecification } from "vitest/node";

const FOLDER = import.meta.dirname;
/** Those of half a minute and more on two quiet cores, the longest first. */
export const LONGEST: readonly string[] = [
  "e2e/conversation",
  "e2e/engine-asked",
  "e2e/upgrade",
  "e2e/patch",
  "e2e/restart",
  "e2e/isolation",
  "e2e/backups",
  "infra/toolchain/stand-in-docker",
  "e2e/failures",
  "e2e/drift",
  "infra/docker/write-settings",
  "e2e/pages",
  "e2e/dashboard-faults",
  "api/web/pages",
  "e2e/lifecycle",
  "e2e/state-limit",
  "e2e/data-folder-before-rooms",
  "e2e/payments",
  "e2e/canaries",
  "stacks/keys/keys",
  "e2e/faults",
  "e2e/refused-settings",
  "infra/toolchain/stand-in-command",
  "e2e/pairing",
  "e2e/fleet",
  "e2e/plain-cli",
  "e2e/code-cache",
  "e2e/model-check",
  "e2e/no-engine",
  "e2e/doctor",
  "e2e/aws-backups",
  "e2e/third-target",
  "e2e/model-gateway",
  "infra/docker/host-rules",
  "api/web/dashboard",
  "e2e/model-facts",
  "e2e/rehearsal",
  "e2e/look-inside",
  "infra/toolchain/bootstrap",
  "infra/toolchain/stand-in-language-host",
  "api/fuzz",
  "api/limits",
  "api/live",
  "api/hostile",
  "infra/docker/provider-name",
  "infra/aws/state",
  "infra/backups",
  "stacks/callbacks/sender",
  "e2e/postgres",
  "e2e/backup-faults",
  "e2e/tracing",
  "e2e/callbacks",
  "e2e/aws",
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
