// From an attempt to its job: what a child process is told to do with the deployment's stack.
import { prepareConfig, stackWorkDir } from "./assistant-stack.ts";
import { backUpWork, restoreWork } from "./backups/work.ts";
import type { Sql } from "./database.ts";
import type { Deployment } from "./deployments.ts";
import type { OperationKind } from "./lifecycle.ts";
import type { Attempt } from "./operations.ts";
import { SETTINGS_REFUSED } from "./pulumi-errors.ts";
import type { Job } from "./run-operation.ts";
import type { SecretBox } from "./secret.ts";
import type { StackSettings } from "./settings.ts";
import { stateFolder } from "./state-files.ts";

export interface JobParts {
  readonly sql: Sql;
  readonly box: SecretBox;
  readonly settings: StackSettings;
  readonly pulumi: { readonly path: string; readonly version: string };
}

/** The job of an attempt. If it brings an assistant up, its secrets are put in their place first. */
export async function makeJob(
  { sql, settings, box, pulumi }: JobParts,
  { operation, before, lastFailure }: Attempt,
  deployment: Deployment,
): Promise<Job> {
  const location = {
    stackName: deployment.id,
    workDir: stackWorkDir(settings, deployment.id),
    pulumiPath: pulumi.path,
    pulumiVersion: pulumi.version,
    stateFolder: stateFolder(settings.backendUrl),
  };
  const { foundation } = settings;
  const remains = before && before.state !== "succeeded" ? { host: before.host } : undefined;
  if (operation.kind === "delete") {
    // The record may not know yet of a stack that was made by what was cut off.
    const stackExists = deployment.stack_exists || before !== undefined;
    return { location, foundation, remains, stackExists, work: "destroy" };
  }
  if (operation.kind === "backup") {
    const backUp = await backUpWork(sql, settings, operation, deployment);
    return { location, foundation, remains, stackExists: deployment.stack_exists, work: { backUp } };
  }
  const config = await prepareConfig(settings, box, deployment, replicasFor(operation.kind));
  if (lastFailure?.code === SETTINGS_REFUSED) config.settingsRefused = operation.id;
  const { stack_exists: stackExists, outputs, seen } = deployment;
  if (operation.kind === "restore") {
    const restore = await restoreWork(sql, settings, operation);
    // Whatever has the volume would keep it from being made anew.
    const work = { up: config, refresh: false, remove: "all", restore } as const;
    return { location, foundation, remains, stackExists, work };
  }
  if (operation.kind !== "redeploy")
    return { location, foundation, remains, stackExists, work: { up: config, refresh: false } };
  // What runs may have been changed by hand: look before acting on it. Recovery looks too.
  const refresh = outputs?.replicas !== 0 && !remains;
  // To Pulumi a container that ends again and again is as it should be, and one in the place of its own not there.
  const remove = seen?.state === "restarting" || seen?.state === "unexpected" ? "all" : "out of order";
  return { location, foundation, remains, stackExists, work: { up: config, refresh, remove } };
}

/** How many containers there are once an operation of that kind has succeeded. */
export function replicasFor(kind: OperationKind): 0 | 1 {
  return kind === "activate" || kind === "redeploy" ? 1 : 0;
}
