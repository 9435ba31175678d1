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
  "e2e/failures",
  "e2e/patch",
  "infra/toolchain/stand-in-docker",
  "infra/docker/write-settings",
  "e2e/backups",
  "e2e/drift",
  "e2e/pages",
  "e2e/isolation",
  "e2e/restart",
  "e2e/rehearsal",
  "stacks/keys/keys",
  "e2e/faults",
  "e2e/state-limit",
  "e2e/data-folder-before-rooms",
  "e2e/backup-faults",
  "infra/toolchain/stand-in-command",
  "e2e/pairing",
  "e2e/fleet",
  "e2e/plain-cli",
  "e2e/canaries",
  "e2e/lifecycle",
  "api/fuzz",
  "e2e/model-facts",
  "e2e/payments",
  "api/limits",
  "e2e/refused-settings",
  "stacks/usage/ledger",
  "e2e/doctor",
  "e2e/code-cache",
  "e2e/model-check",
  "infra/gateway/listener",
  "infra/toolchain/bootstrap",
  "infra/docker/host-rules",
  "infra/docker/provider-name",
  "stacks/callbacks/sender",
  "e2e/tracing",
  "api/hostile",
  "infra/toolchain/stand-in-language-host",
  "e2e/callbacks",
  "infra/aws/state",
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
