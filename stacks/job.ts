// From an attempt to its job: what a child process is told to do with the deployment's stack.
import { prepareConfig, stackWorkDir } from "./assistant-stack.ts";
import type { Deployment } from "./deployments.ts";
import type { OperationKind } from "./lifecycle.ts";
import type { Attempt } from "./operations.ts";
import { foundationOf } from "./regions.ts";
import type { Job } from "./run-operation.ts";
import type { SecretBox } from "./secret.ts";
import type { StackSettings } from "./settings.ts";
import { stateFolder } from "./state-files.ts";

export interface JobParts {
  readonly box: SecretBox;
  readonly settings: StackSettings;
  readonly pulumi: { readonly path: string; readonly version: string };
}

/** The job of an attempt. If it brings an assistant up, its secrets are put in their place first. */
export async function makeJob(
  { settings, box, pulumi }: JobParts,
  { operation, before }: Attempt,
  deployment: Deployment,
): Promise<Job> {
  const location = {
    stackName: deployment.id,
    workDir: stackWorkDir(settings, deployment.id),
    pulumiPath: pulumi.path,
    pulumiVersion: pulumi.version,
    stateFolder: stateFolder(settings.backendUrl),
  };
  const foundation = foundationOf(settings, deployment);
  const remains = before && before.state !== "succeeded" ? { host: before.host } : undefined;
  if (operation.kind === "delete") {
    // The record may not know yet of a stack that was made by what was cut off.
    const stackExists = deployment.stack_exists || before !== undefined;
    return { location, foundation, remains, stackExists, work: "destroy" };
  }
  const config = await prepareConfig(settings, box, deployment, replicasFor(operation.kind));
  const { stack_exists: stackExists, outputs, seen } = deployment;
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
