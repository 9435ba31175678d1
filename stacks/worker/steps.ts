// From an attempt to its steps: what a child process does with the deployment's stack.
import type { Removal } from "../../infra/target.ts";
import type { BackUp } from "../backups/work.ts";
import { SETTINGS_REFUSED, STATE_FULL } from "../causes.ts";
import type { Deployment } from "../deployments/deployments.ts";
import { isPrebooted, recordedOutputs } from "../deployments/outputs.ts";
import { placeOf, targetOf } from "../deployments/regions.ts";
import type { AttemptRecord, Operation } from "../operations/operations.ts";
import type { BackUpStep, DataKnown, DestroyStep, ForgetStep, StepBase, UpStep } from "../pulumi/messages.ts";
import type { UnfinishedAttempts } from "../pulumi/recovery.ts";
import { type Goal, prepareConfig, stackWorkDir } from "../pulumi/stack-config.ts";
import { stateFolder } from "../pulumi/state-files.ts";
import type { SecretBox } from "../secret.ts";
import type { StackSettings } from "../settings.ts";

export interface StepParts {
  readonly box: SecretBox;
  readonly settings: StackSettings;
  readonly pulumi: { readonly path: string; readonly version: string };
}

/** The step that brings the stack to a goal. If that has an assistant, its secrets are put in their place first. */
export async function upStep(
  parts: StepParts,
  attempt: AttemptRecord,
  deployment: Deployment,
  goal: Goal,
  unfinishedBefore: UnfinishedAttempts | undefined,
): Promise<UpStep> {
  const isHealing = attempt.operation.kind === "redeploy";
  const container = goal.container ?? (isPrebooted(deployment) ? "new" : undefined);
  const wanted = { ...goal, isHealing, container };
  const config = await prepareConfig(parts.settings, parts.box, deployment, wanted);
  if (attempt.lastFailure?.code === SETTINGS_REFUSED) config.settingsRefused = attempt.operation.id;
  const { data } = goal;
  const { operation } = attempt;
  const known = { had: dataKnown(attempt, deployment), onDataGone: onDataGone(operation, goal) };
  const bringing = { deployment, config, data, isAnew: container === "new", unfinishedBefore };
  const preparation = await prepare(parts, attempt, bringing);
  const base = baseOf(parts, deployment, unfinishedBefore);
  const { before } = attempt;
  const since = before?.state === "succeeded" ? undefined : before?.started_at?.getTime();
  const unrecorded = since === undefined ? {} : { remarksSinceMs: since };
  return { ...base, name: "up", config, ...preparation, ...known, ...unrecorded, ...(data && { data }) };
}

function dataKnown({ hadData }: AttemptRecord, { outputs }: Deployment): DataKnown {
  return { wasWritten: hadData, wasReported: recordedOutputs(outputs) !== undefined };
}

/** Only what brings an assistant up, or carries it elsewhere, needs its data; an upgrade does before it stops it. */
function onDataGone({ kind, begin_empty }: Operation, { data }: Goal): UpStep["onDataGone"] {
  const bringsUp = kind === "activate" || kind === "redeploy" || kind === "patch" || kind === "adopt";
  if (!bringsUp || (data && "restore" in data)) return "leave";
  return begin_empty ? "begin empty" : "fail";
}

interface Bringing extends Pick<UpStep, "config" | "unfinishedBefore"> {
  readonly deployment: Deployment;
  readonly data: Goal["data"];
  /** Whether no container stays. */
  readonly isAnew: boolean;
}

/** What is done with the deployment's containers, and with the stack's state, before the stack is brought up. */
async function prepare(
  { settings }: StepParts,
  { operation, lastFailure }: AttemptRecord,
  { deployment, config, data, isAnew, unfinishedBefore }: Bringing,
): Promise<Pick<UpStep, "refresh" | "remove">> {
  // A container that uses the volume would keep it from being replaced.
  if (data && "restore" in data) return { refresh: false, remove: { which: "every" } };
  if (isAnew && config.replicas === "1") return { refresh: true, remove: { which: "every" } };
  const { outputs, seen } = deployment;
  const target = await targetOf(settings, deployment);
  const staysUp = outputs?.replicas === 1 && config.replicas === "1";
  if (staysUp && (await target.isInTheWay(deployment.id, config)))
    return { refresh: true, remove: { which: "every" } };
  const strangers = strangersTo(deployment, unfinishedBefore);
  if (operation.kind !== "redeploy") return { refresh: false, remove: strangers };
  // What runs may have been changed by hand: its state is read before it is acted on. Recovery reads it, too.
  const refresh = outputs?.replicas !== 0 && !unfinishedBefore;
  // Pulumi would keep a container that crashes again and again, and one in the place of its own; and one that Berth has
  // stopped, because it was too full, would count as ready as soon as it is started.
  const isOdd = seen?.state === "restarting" || seen?.state === "unexpected";
  if (isOdd || lastFailure?.code === STATE_FULL) return { refresh, remove: { which: "every" } };
  if (strangers.which === "none") return { refresh, remove: { which: "out of order" } };
  return { refresh, remove: { which: "strangers and out of order", own: strangers.own } };
}

/** The step that backs up what may be running. */
export function backUpStep(
  parts: StepParts,
  attempt: AttemptRecord,
  deployment: Deployment,
  backUp: BackUp,
  unfinishedBefore: UnfinishedAttempts | undefined,
): BackUpStep {
  const had = dataKnown(attempt, deployment);
  return { ...baseOf(parts, deployment, unfinishedBefore), name: "back up", backUp, had };
}

/** The step that leaves nothing of a deployment. `hasBegun`: its stack may be there although no record says so. */
export function destroyStep(
  parts: StepParts,
  deployment: Deployment,
  unfinishedBefore: UnfinishedAttempts | undefined,
  { hasBegun }: { readonly hasBegun: boolean },
): DestroyStep {
  const base = baseOf(parts, deployment, unfinishedBefore);
  const stackExists = deployment.stack_exists || hasBegun;
  return { ...base, name: "destroy", stackExists, remove: strangersTo(deployment, unfinishedBefore) };
}

/** The step that drops the record of a deployment's stack. */
export function forgetStep(
  parts: StepParts,
  deployment: Deployment,
  unfinishedBefore: UnfinishedAttempts | undefined,
): ForgetStep {
  return { ...baseOf(parts, deployment, unfinishedBefore), name: "forget" };
}

/** Where a stack of that name is worked on. */
export function stackLocation(
  { settings, pulumi }: Pick<StepParts, "settings" | "pulumi">,
  stackName: string,
): StepBase["location"] {
  return {
    stackName,
    workDir: stackWorkDir(settings, stackName),
    pulumiPath: pulumi.path,
    pulumiVersion: pulumi.version,
    stateFolder: stateFolder(settings.backendUrl),
  };
}

function baseOf(
  parts: StepParts,
  deployment: Deployment,
  unfinishedBefore: UnfinishedAttempts | undefined,
): StepBase {
  const { id, stack_exists: stackExists } = deployment;
  const location = stackLocation(parts, id);
  const place = placeOf(parts.settings, deployment);
  return { location, stackExists, place, dataVolume: deployment.data_volume, unfinishedBefore };
}

/**
 * The containers that the deployment's stack has not made, as far as they are known. After a failure the record may be behind the stack: recovery
 * then removes what the stack's own state does not know.
 */
function strangersTo(
  { outputs, stack_exists }: Deployment,
  unfinishedBefore: UnfinishedAttempts | undefined,
): Extract<Removal, { which: "strangers" }> | { which: "none" } {
  if (unfinishedBefore && stack_exists) return { which: "none" };
  return { which: "strangers", own: recordedOutputs(outputs)?.containerId ?? null };
}
