// From an attempt to its job: what a child process is told to do with the deployment's stack.
import type { BackUp } from "../backups/work.ts";
import { SETTINGS_REFUSED, STATE_FULL } from "../causes.ts";
import type { Deployment } from "../deployments/deployments.ts";
import { recordedOutputs } from "../deployments/outputs.ts";
import { placeOf, targetOf } from "../deployments/regions.ts";
import type { OperationKind } from "../lifecycle.ts";
import type { Attempt } from "../operations/operations.ts";
import type { Job } from "../pulumi/messages.ts";
import type { Remains } from "../pulumi/recovery.ts";
import { type Goal, prepareConfig, stackWorkDir } from "../pulumi/stack-config.ts";
import { stateFolder } from "../pulumi/state-files.ts";
import type { SecretBox } from "../secret.ts";
import type { StackSettings } from "../settings.ts";

export interface JobParts {
  readonly box: SecretBox;
  readonly settings: StackSettings;
  readonly pulumi: { readonly path: string; readonly version: string };
}

/** The job that brings the stack to a goal. If that has an assistant, its secrets are put in their place first. */
export async function upJob(
  parts: JobParts,
  { operation, lastFailure }: Attempt,
  deployment: Deployment,
  goal: Goal,
  remains: Remains | undefined,
): Promise<Job> {
  const isHealing = operation.kind === "redeploy";
  const up = await prepareConfig(parts.settings, parts.box, deployment, { ...goal, isHealing });
  if (lastFailure?.code === SETTINGS_REFUSED) up.settingsRefused = operation.id;
  const { stack_exists: stackExists, outputs, seen } = deployment;
  const job = { ...common(parts, deployment, remains), stackExists };
  const { data } = goal;
  // Whatever has the volume would keep it from being made again.
  if (data && "restore" in data) return { ...job, work: { up, refresh: false, remove: "all", data } };
  const target = await targetOf(parts.settings, deployment);
  if (outputs?.replicas === 1 && (await target.isInTheWay(deployment.id, up)))
    return { ...job, work: { up, refresh: true, remove: "all", ...(data && { data }) } };
  if (operation.kind !== "redeploy") return { ...job, work: { up, refresh: false, remove: "others" } };
  // What runs may have been changed by hand: look before acting on it. Recovery looks too.
  const refresh = outputs?.replicas !== 0 && !remains;
  // To Pulumi a container that ends again and again is as it should be, one in the place of its own not there, and one that
  // Berth has stopped ready as soon as it is started.
  const isOdd = seen?.state === "restarting" || seen?.state === "unexpected";
  const remove = isOdd || lastFailure?.code === STATE_FULL ? "all" : "out of order";
  return { ...job, work: { up, refresh, remove, ...(data && { data }) } };
}

/** The job that backs up what may be running. */
export function backUpJob(
  parts: JobParts,
  deployment: Deployment,
  backUp: BackUp,
  remains: Remains | undefined,
): Job {
  const { stack_exists: stackExists } = deployment;
  return { ...common(parts, deployment, remains), stackExists, work: { backUp } };
}

/** The job that leaves nothing of a deployment. `hasBegun`: its stack may be there although no record says so. */
export function destroyJob(
  parts: JobParts,
  deployment: Deployment,
  remains: Remains | undefined,
  { hasBegun }: { readonly hasBegun: boolean },
): Job {
  const stackExists = deployment.stack_exists || hasBegun;
  return { ...common(parts, deployment, remains), stackExists, work: "destroy" };
}

function common({ settings, pulumi }: JobParts, deployment: Deployment, remains: Remains | undefined) {
  const { id, outputs, stack_exists } = deployment;
  const location = {
    stackName: id,
    workDir: stackWorkDir(settings, id),
    pulumiPath: pulumi.path,
    pulumiVersion: pulumi.version,
    stateFolder: stateFolder(settings.backendUrl),
  };
  // After a failure the record may be behind the stack, whose own state then tells what is another's: see ../pulumi/recovery.ts.
  const isUnknown = remains !== undefined && stack_exists;
  const ownContainer = isUnknown ? undefined : (recordedOutputs(outputs)?.containerId ?? null);
  return { location, place: placeOf(settings, deployment), ownContainer, remains };
}

/** How many containers there are once an operation of that kind has succeeded. */
export function replicasFor(kind: OperationKind): 0 | 1 {
  return kind === "activate" || kind === "redeploy" || kind === "patch" ? 1 : 0;
}
