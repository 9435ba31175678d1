// The order of `npm test`: the longest files first, so that its workers end together. Those that share workers come last,
// one after another: vitest gives a worker on to the next file alone.
import { relative } from "node:path";
import { BaseSequencer, type TestSpecification } from "vitest/node";

const FOLDER = import.meta.dirname;
/** Those of a quarter of a minute and more while others run beside them, the longest first. */
export const LONGEST: readonly string[] = [
  "e2e/preboot",
  "api/web/pages",
  "e2e/engine-asked",
  "e2e/adopt",
  "e2e/adopt-killed",
  "e2e/backups",
  "infra/toolchain/stand-in-docker",
  "e2e/conversation",
  "e2e/failures",
  "infra/docker/write-settings",
  "e2e/restart",
  "e2e/upgrade",
  "e2e/dashboard-faults",
  "e2e/data-folder-before-rooms",
  "api/web/rough",
  "api/web/addresses",
  "e2e/patch",
  "e2e/drift",
  "e2e/state-limit",
  "api/fuzz",
  "e2e/isolation",
  "infra/docker/host-rules",
  "stacks/keys/keys",
  "api/web/dashboard",
  "e2e/payments",
  "infra/toolchain/stand-in-command",
  "e2e/lifecycle",
  "api/web/clumsy",
  "e2e/refused-settings",
  "e2e/pairing",
  "stacks/database/hanging",
  "e2e/fleet",
  "e2e/canaries",
  "e2e/dashboard",
  "e2e/code-cache",
  "e2e/model-check",
  "e2e/plain-cli",
  "infra/backups",
  "e2e/faults",
  "api/live",
  "e2e/aws",
  "infra/toolchain/bootstrap",
  "e2e/aws-backups",
  "infra/toolchain/stand-in-docker-faults",
  "infra/aws/state",
  "e2e/official-plugins",
  "e2e/doctor",
  "stacks/callbacks/sender",
  "api/limits",
  "infra/aws/aws-calls",
  "e2e/third-target",
  "e2e/pages",
  "e2e/warnings",
  "api/commands/sign-in",
  "api/hostile",
  "e2e/rehearsal",
  "e2e/model-facts",
  "e2e/model-gateway",
  "e2e/tracing",
  "infra/docker/provider-name",
  "infra/docker/bridge-name",
  "e2e/postgres",
  "e2e/callbacks",
  "api/bots-proven",
  "e2e/no-engine",
  "api/key-end",
  "e2e/rehearsal-roles",
  "e2e/look-inside",
  "e2e/backup-faults",
  "infra/toolchain/stand-in-language-host",
  "infra/gateway/streams",
  "infra/aws/transfer-program",
  "stacks/callbacks/post",
  "support/conversation/models",
  "stacks/worker/operation-process",
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
