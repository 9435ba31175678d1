// A move to another target: the assistant is stopped where it is and its data backed up, its stack is made at the new place
// with that data, and only when all is well there what is left at the former place goes. Until then that has the data as they
// were, and a move that fails ends there.
import { v7 as uuidv7 } from "uuid";
import type { AssistantOutputs } from "../../infra/args.ts";
import { parseImageReference } from "../../infra/assistant/image-reference.ts";
import type { Place } from "../../infra/target.ts";
import { openTarget } from "../../infra/targets.ts";
import { backupFile } from "../backups/files.ts";
import { backupOf, dropBackupOf, insertBackup } from "../backups/records.ts";
import { restorable } from "../backups/work.ts";
import { type Cause, ENGINE_UNAVAILABLE } from "../causes.ts";
import type { Moving } from "../database/deployment-table.ts";
import { keptImage, wantedImage } from "../deployments/images.ts";
import { placeNamed, placeOf } from "../deployments/regions.ts";
import { dropSecrets } from "../pulumi/stack-config.ts";
import type { AttemptContext } from "./attempt.ts";
import { notUndone, undone } from "./move-causes.ts";
import { ANSWERS_WITHIN_MS, clearFormerPlace, goHome, record, recordPhase } from "./moving.ts";
import { type Done, failure, type Outcome } from "./outcome.ts";
import { makeRoom } from "./preboot.ts";
import { forgetStep } from "./steps.ts";

const CUT_OFF: Cause = { code: "INTERRUPTED", message: "Berth was ended while it undid the move." };

export async function adopt(context: AttemptContext): Promise<Outcome> {
  const { settings, operation, deployment } = context;
  const { moving, outputs } = deployment;
  if (moving?.operationId === operation.id) return goOn(context, moving);
  if (!operation.destination) throw new Error("The move has no destination.");
  const from = placeOf(settings, deployment);
  const to = placeNamed(settings, operation.destination, `The deployment ${deployment.id} is to live`);
  if (from !== to) return begin(context, from, to);
  // One that was cut off after its assistant may have run here.
  if (moving?.phase === "starting") return start(context, moving);
  return { state: "succeeded", outputs };
}

/** An attempt before has begun with it. */
async function goOn(context: AttemptContext, moving: Moving): Promise<Outcome> {
  const { outputs } = context.deployment;
  switch (moving.phase) {
    case "carrying":
      return carry(context, moving);
    case "starting":
      return start(context, moving);
    case "returning":
      return undo(context, moving, CUT_OFF);
    case "arrived":
      await clearFormerPlace(context, moving);
      return { state: "succeeded", outputs };
  }
}

async function begin(context: AttemptContext, from: Place, to: Place): Promise<Outcome> {
  const { settings, attempt, operation, deployment } = context;
  // An attempt before may have stopped it.
  const isFirst = operation.attempt === 1;
  const image = await imageAt(context, to);
  if (image.state === "failed")
    return isFirst ? { ...image, isUntouched: true } : stay(context, to, image.cause);
  if (image.state !== "done") return image;
  attempt.say(`Moving from ${from.target} to ${to.target}`);
  const stopped = await standStill(context);
  if (stopped.state === "failed")
    return stopped.isUntouched && isFirst ? stopped : stay(context, to, stopped.cause);
  if (stopped.state !== "done") return stopped;
  await dropSecrets(settings, deployment);
  const { outputs, backupId } = stopped.value;
  const forgotten = await attempt.runStep(forgetStep(context, deployment, attempt.unfinishedBefore));
  if (forgotten.state === "failed") return stay(context, to, forgotten.cause);
  if (forgotten.state !== "succeeded") return forgotten;
  const moving: Moving = {
    phase: "carrying",
    from: {
      target: from.target,
      region: from.region,
      dataVolume: deployment.data_volume,
      pinnedImage: deployment.pinned_image,
      outputs: { ...outputs },
    },
    backupId,
    operationId: operation.id,
  };
  const { target, region } = to;
  const there = { target, region, pinned_image: image.value, data_volume: null, outputs: null };
  const begun = await recordPhase(context, moving, moving.phase, { ...there, stack_exists: false });
  return carry(begun, moving);
}

/** The image that it has, as the new place knows it. What names no registry can't be had elsewhere. */
async function imageAt({ settings, attempt, deployment }: AttemptContext, to: Place): Promise<Done<string>> {
  const kept = keptImage(settings, deployment);
  const reference = parseImageReference(kept) ? kept : wantedImage(settings, deployment);
  return attempt.here(async (signal) => {
    const target = await openTarget(to);
    await target.assertAnswers(ANSWERS_WITHIN_MS);
    const onPull = (what: string) => attempt.say(what);
    return target.pinImage(reference, { current: null, logins: settings.logins, onPull, signal });
  });
}

interface Stopped {
  readonly outputs: AssistantOutputs;
  /** Null if there was nothing to back up. */
  readonly backupId: string | null;
}

async function standStill(context: AttemptContext): Promise<Done<Stopped>> {
  const { attempt, sql, settings, operation, deployment } = context;
  const wanted = { id: uuidv7(), reason: "adopt", operation_id: operation.id } as const;
  if (!(await backupOf(sql, operation))) await insertBackup(sql, settings, deployment, wanted);
  const backup = await backupOf(sql, operation);
  if (!backup) throw new Error("The record of the backup is gone.");
  const image = keptImage(settings, deployment);
  const write = { file: backupFile(settings, backup), keeping: settings.backups, image };
  const result = await attempt.up({ replicas: 0, image, data: { write } });
  if (result.state !== "succeeded") return result;
  const backupId = (await backupOf(sql, operation))?.id ?? null;
  return { state: "done", value: { outputs: result.outputs, backupId } };
}

/** Nothing runs anywhere: the data is put in its new place. */
async function carry(context: AttemptContext, moving: Moving): Promise<Outcome> {
  const { attempt, sql, settings, deployment } = context;
  const image = keptImage(settings, deployment);
  const { backupId } = moving;
  const from = backupId === null ? undefined : await restorable(sql, settings, backupId).catch(failure);
  if (from && "state" in from) return from.state === "failed" ? undo(context, moving, from.cause) : from;
  const restore = from && { from, before: "", keeping: settings.backups, image };
  const result = await attempt.up({ replicas: 0, image, ...(restore && { data: { restore } }) });
  if (result.state === "failed") return undo(context, moving, result.cause);
  if (result.state !== "succeeded") return result;
  if (deployment.status === "active") return start(context, moving);
  return arrive(context, moving, result.outputs);
}

/** From here on the new place may have what the former one has not. */
async function start(context: AttemptContext, moving: Moving): Promise<Outcome> {
  const { attempt, settings, deployment, operation } = context;
  const replicas = deployment.status === "active" ? 1 : 0;
  const own = { ...moving, operationId: operation.id };
  const starting = await recordPhase(context, own, "starting");
  if (replicas === 1) await makeRoom(starting);
  const result = await attempt.up({ replicas, image: keptImage(settings, deployment) });
  if (result.state === "failed") return undo(starting, { ...own, phase: "starting" }, result.cause);
  if (result.state !== "succeeded") return result;
  return arrive(starting, own, result.outputs);
}

/** All is well at the new place. */
export async function arrive(
  context: AttemptContext,
  moving: Moving,
  outputs: AssistantOutputs,
): Promise<Outcome> {
  const arrived = await recordPhase(context, moving, "arrived", { outputs: JSON.stringify(outputs) });
  await clearFormerPlace(arrived, moving);
  return { state: "succeeded", outputs };
}

async function undo(context: AttemptContext, moving: Moving, why: Cause): Promise<Outcome> {
  const { attempt, deployment } = context;
  const to = deployment.target ?? "";
  attempt.say(`The move to ${to} did not succeed: going back to ${moving.from.target}`);
  const home = await goHome(context, moving);
  if ("attempt" in home) return stay(home, { target: to }, why);
  return home.state === "failed" ? { state: "failed", cause: notUndone(to, why, home.cause) } : home;
}

/** Where it is, and as it was before. */
async function stay(context: AttemptContext, to: Pick<Place, "target">, why: Cause): Promise<Outcome> {
  const { sql, attempt, settings, operation, deployment } = context;
  const { status } = deployment;
  const image = keptImage(settings, deployment);
  // Cut off from here on, the next attempt must not carry what the assistant has had before it ran again.
  await dropBackupOf(sql, operation);
  const result = await attempt.up({ replicas: status === "active" ? 1 : 0, image });
  if (result.state === "failed" && result.cause.code !== ENGINE_UNAVAILABLE)
    return { state: "failed", cause: notUndone(to.target, why, result.cause) };
  if (result.state !== "succeeded") return result;
  const { outputs } = result;
  const { outputs: _, ...there } = (await record(context, { outputs: JSON.stringify(outputs) })).deployment;
  return { state: "failed", cause: undone(there, to.target, why), back: { status, outputs } };
}
