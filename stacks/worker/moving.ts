// What a move to another target has recorded, and what of it is undone or left to be done: at any moment the record says which
// place has the deployment's data, so that whatever comes after a crash goes on from there.
import { openTarget } from "../../infra/targets.ts";
import { untilWritten } from "../async.ts";
import { ENGINE_UNAVAILABLE } from "../causes.ts";
import type { FormerPlace, Moving } from "../database/deployment-table.ts";
import type { DeploymentChange } from "../deployments/deployments.ts";
import { placeNamed } from "../deployments/regions.ts";
import { LEASE_MS } from "../operations/operations.ts";
import type { StepResult } from "../pulumi/messages.ts";
import { secretsPlace } from "../pulumi/stack-config.ts";
import type { AttemptContext } from "./attempt.ts";
import { failure, type Outcome } from "./outcome.ts";
import { destroyStep, forgetStep } from "./steps.ts";

/** Of a place that a deployment moves to or has left. */
export const ANSWERS_WITHIN_MS = 10_000;

/**
 * Writes down what has become of the move, also if something else was asked for meanwhile: that begins after this.
 * @returns the context with the record as it is now
 * @throws Error when the attempt is no longer the one that counts; nothing is written then
 */
export async function record(context: AttemptContext, change: DeploymentChange): Promise<AttemptContext> {
  const { sql, attempt, operation } = context;
  const counts = sql
    .selectFrom("operations")
    .select("deployment_id")
    .where("id", "=", operation.id)
    .where("attempt", "=", operation.attempt)
    .where("finished_at", "is", null);
  const update = sql.updateTable("deployments").set(change).where("id", "in", counts).returningAll();
  const deployment = await untilWritten(() => update.executeTakeFirst(), LEASE_MS);
  if (!deployment) throw new Error("The operation has been taken over.");
  attempt.changed(deployment);
  return { ...context, deployment };
}

export function recordPhase(
  context: AttemptContext,
  moving: Moving,
  phase: Moving["phase"],
  change: DeploymentChange = {},
): Promise<AttemptContext> {
  return record(context, { ...change, moving: JSON.stringify({ ...moving, phase }) });
}

/**
 * What comes after a move that has not ended, in an operation of its own: where no assistant can have run at the new place,
 * the deployment lives where it was.
 * @returns the context of what is to be done, or why it can't be
 */
export async function endFormerMove(context: AttemptContext): Promise<AttemptContext | Outcome> {
  const { moving } = context.deployment;
  if (!moving || moving.operationId === context.operation.id || context.operation.kind === "delete")
    return context;
  if (moving.phase === "arrived") return clearFormerPlace(context, moving);
  if (moving.phase === "starting") return context;
  context.attempt.say(`A move from ${moving.from.target} was cut off: it is undone first`);
  return goHome(context, moving);
}

/** Leaves nothing at the new place, and has the deployment live where it was. */
export async function goHome(context: AttemptContext, moving: Moving): Promise<AttemptContext | Outcome> {
  const leaving = await recordPhase(context, moving, "returning");
  const cleared = await clearNewPlace(leaving, moving);
  if (cleared.state !== "succeeded") return cleared;
  const { from } = moving;
  return record(leaving, {
    target: from.target,
    region: from.region,
    data_volume: from.dataVolume,
    pinned_image: from.pinnedImage,
    outputs: from.outputs && JSON.stringify(from.outputs),
    stack_exists: false,
    moving: null,
  });
}

/** One that does not answer is left as it is, if nothing there can run. */
async function clearNewPlace(context: AttemptContext, { phase, from }: Moving): Promise<StepResult> {
  const { attempt, settings, deployment } = context;
  const destroy = destroyStep(context, deployment, attempt.unfinishedBefore, { hasBegun: true });
  const result = await attempt.runStep(destroy);
  const isAway = result.state === "failed" && result.cause.code === ENGINE_UNAVAILABLE;
  if (!isAway || phase !== "carrying") return result;
  attempt.say(`${deployment.target} does not answer: what was made there of the move is left as it is`);
  const place = placeNamed(settings, from, "The deployment lives");
  return attempt.runStep({ ...forgetStep(context, deployment, attempt.unfinishedBefore), place });
}

/** The data is at its new place. What can't be removed of the former one now, the deployment's next operation removes. */
export async function clearFormerPlace(context: AttemptContext, moving: Moving): Promise<AttemptContext> {
  const { attempt } = context;
  const cleared = await attempt.here(() => removeFrom(context, moving.from)).catch(failure);
  if (cleared.state === "done") return record(context, { moving: null });
  const why = cleared.state === "failed" ? ` ${cleared.cause.message}` : "";
  attempt.say(`What is left on ${moving.from.target} could not be removed yet; adopt removes it.${why}`);
  return context;
}

/** @throws Error when something is left there, or that can't be known */
export async function removeFrom(
  { settings, deployment }: Pick<AttemptContext, "settings" | "deployment">,
  from: FormerPlace,
): Promise<void> {
  const { id } = deployment;
  const target = await openTarget(placeNamed(settings, from, `What a move of ${id} has left is`));
  await target.assertAnswers(ANSWERS_WITHIN_MS);
  await target.clearTheWay(id, { which: "every" });
  await target.removeAll(id);
  await target.dropSecrets(secretsPlace(settings, deployment));
  const { beside, data } = await target.compare(id, [], from.dataVolume);
  const left = [...beside, ...(data === "there" ? ["its data"] : [])];
  if (left.length > 0) throw new Error(`This is left of it on ${from.target}: ${left.join(", ")}.`);
}
