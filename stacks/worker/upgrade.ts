// An upgrade: the assistant is stopped, its data backed up, and only then does another image touch them. Unless that gets
// well, data and image are brought back. The record says at each moment which image the data belongs to, so that
// an attempt that goes on after a crash never starts the old image on the data of the new one.
import { v7 as uuidv7 } from "uuid";
import type { AssistantOutputs } from "../../infra/args.ts";
import { backupFile } from "../backups/files.ts";
import { backupOf, insertBackup } from "../backups/records.ts";
import { restorable } from "../backups/work.ts";
import type { Cause } from "../causes.ts";
import type { Deployment } from "../deployments/deployments.ts";
import type { Ending, Operation } from "../operations/operations.ts";
import type { StepResult } from "../pulumi/messages.ts";
import { dropSecrets } from "../pulumi/stack-config.ts";
import type { AttemptContext } from "./attempt.ts";
import { type Done, failure, type Outcome } from "./outcome.ts";
import { ensureImage, recordImages } from "./pinning.ts";
import { cutOffAfterwards, notRolledBack, rolledBack } from "./upgrade-causes.ts";

/** Both pinned. */
interface Images {
  readonly from: string;
  readonly to: string;
}

type UpResult = StepResult<AssistantOutputs>;

/** From one image to another, or to the same one if an upgrade was begun that has not ended. */
export async function upgrade(context: AttemptContext, images: Images): Promise<Outcome> {
  const { unfinished_upgrade: unfinished } = context.deployment;
  return unfinished ? goOn(context, images, unfinished) : begin(context, images);
}

async function begin(context: AttemptContext, images: Images): Promise<Outcome> {
  const { attempt, sql, operation } = context;
  const { from, to } = images;
  if (await hasRolledBack(context, images)) {
    const back = await startPrevious(context, from);
    return back.state === "done" ? wentBack(images, cutOffAfterwards(to), back.value) : back;
  }
  attempt.say(`Upgrading from ${from} to ${to}`);
  const backup = await stopAndBackUp(context, images);
  if (backup.state === "failed" && backup.isUntouched) return backup;
  if (backup.state === "failed") return asItWas(context, from, backup.cause);
  if (backup.state !== "done") return backup;
  if (backup.value !== undefined) return moveTo(context, images, backup.value);
  // There are no data that could be lost.
  await recordImages(sql, operation, { pinned_image: to });
  return attempt.up({ replicas: 1, image: to });
}

/** An operation that comes later and wants the same image goes on with what that image has made of the data since. */
async function goOn(
  context: AttemptContext,
  images: Images,
  { to, backupId, operationId }: NonNullable<Deployment["unfinished_upgrade"]>,
): Promise<Outcome> {
  const { attempt, sql, operation } = context;
  if (to === images.to && operationId !== operation.id) return moveTo(context, images, backupId);
  attempt.say("Going back to the data from before an upgrade that was cut off");
  await recordImages(sql, operation, unfinishedUpgrade(operation, null, backupId));
  const restored = await stopAndRestore(context, images, backupId);
  if (restored.state !== "succeeded") return restored;
  if (images.to !== images.from) return moveTo(context, images, backupId);
  await recordImages(sql, operation, { pinned_image: images.from, unfinished_upgrade: null });
  return attempt.up({ replicas: 1, image: images.from });
}

async function moveTo(context: AttemptContext, images: Images, backupId: string): Promise<Outcome> {
  const { attempt, sql, operation } = context;
  const { to } = images;
  await recordImages(sql, operation, unfinishedUpgrade(operation, to, backupId));
  const result = await attempt.up({ replicas: 1, image: to });
  if (result.state === "failed") return rollBack(context, images, backupId, result.cause);
  if (result.state === "succeeded") {
    const done = { pinned_image: to, unfinished_upgrade: null, rolled_back_from: null };
    await recordImages(sql, operation, done);
  }
  return result;
}

async function rollBack(
  context: AttemptContext,
  images: Images,
  backupId: string,
  why: Cause,
): Promise<Outcome> {
  const { attempt, sql, operation } = context;
  const { from, to } = images;
  attempt.say(`${to} did not get well: going back to ${from} and the data from before`);
  await recordImages(sql, operation, unfinishedUpgrade(operation, null, backupId));
  const restored = await stopAndRestore(context, images, backupId);
  if (restored.state === "succeeded") {
    const back = { pinned_image: from, unfinished_upgrade: null, rolled_back_from: to };
    await recordImages(sql, operation, back);
  }
  const back = restored.state === "succeeded" ? await startPrevious(context, from) : restored;
  if (back.state === "failed") return { state: "failed", cause: notRolledBack(why, back.cause, backupId) };
  return back.state === "done" ? wentBack(images, why, back.value) : back;
}

/** By an attempt that died before it could say so: what has been written since then must not be restored over. */
async function hasRolledBack(
  { sql, operation, deployment }: AttemptContext,
  { to }: Images,
): Promise<boolean> {
  return deployment.rolled_back_from === to && (await backupOf(sql, operation))?.state === "ready";
}

/** The previous image on its own data, unless there was nothing healthy to go back to: null then. */
async function startPrevious(context: AttemptContext, image: string): Promise<Done<AssistantOutputs | null>> {
  const { deployment, settings } = context;
  if (deployment.status_before === "failed") {
    await dropSecrets(settings, deployment);
    return { state: "done", value: null };
  }
  const result = await upPrevious(context, image);
  return result.state === "succeeded" ? { state: "done", value: result.outputs } : result;
}

/** How an upgrade ends that was rolled back. @param outputs of the previous image, if it was started */
function wentBack({ to }: Images, why: Cause, outputs: AssistantOutputs | null): Ending {
  if (!outputs) {
    const cause = rolledBack(to, why, "It had failed before, so it was not started.");
    return { state: "failed", cause };
  }
  const cause = rolledBack(to, why, "It is active again.");
  return { state: "failed", cause, back: { status: "active", outputs } };
}

/** @returns the backup's id; undefined if there are no data */
async function stopAndBackUp(
  { attempt, sql, settings, operation, deployment }: AttemptContext,
  { from, to }: Images,
): Promise<Done<string | undefined>> {
  const wanted = { id: uuidv7(), reason: "upgrade", operation_id: operation.id } as const;
  if (!(await backupOf(sql, operation))) await insertBackup(sql, settings, deployment, wanted);
  const backup = await backupOf(sql, operation);
  if (!backup) throw new Error("The record of the backup is gone.");
  // Of the two images the engine has the new one for certain.
  const write = { file: backupFile(settings, backup), keeping: settings.backups, image: to };
  const result = await attempt.up({ replicas: 0, image: from, data: { write } });
  if (result.state !== "succeeded") return result;
  return { state: "done", value: (await backupOf(sql, operation))?.id };
}

async function stopAndRestore(
  { attempt, sql, settings }: AttemptContext,
  { from: image, to }: Images,
  backupId: string,
): Promise<UpResult> {
  const from = await restorable(sql, settings, backupId).catch(failure);
  if ("state" in from) return from;
  const restore = { from, before: "", keeping: settings.backups, image: to };
  return attempt.up({ replicas: 0, image, data: { restore } });
}

/** Before another image has touched anything. */
async function asItWas(context: AttemptContext, from: string, cause: Cause): Promise<Outcome> {
  if (context.deployment.status_before === "failed") return { state: "failed", cause };
  const result = await upPrevious(context, from);
  if (result.state === "succeeded") {
    const message = `The upgrade was not begun, and the assistant is active as before. ${cause.message}`;
    const { outputs } = result;
    return { state: "failed", cause: { ...cause, message }, back: { status: "active", outputs } };
  }
  if (result.state !== "failed") return result;
  const message = `${cause.message}\nThe previous image could not be started again: ${result.cause.message}`;
  return { state: "failed", cause: { ...cause, message } };
}

/** Pulled here if need be: Pulumi's plugin would ask a registry without Berth's login. */
async function upPrevious(
  { sql, attempt, settings, deployment }: AttemptContext,
  image: string,
): Promise<UpResult> {
  const onPull = (what: string) => attempt.say(what);
  const had = await attempt.here((signal) =>
    ensureImage(settings, deployment, image, { sql, onPull, signal }),
  );
  return had.state === "done" ? attempt.up({ replicas: 1, image }) : had;
}

function unfinishedUpgrade({ id: operationId }: Operation, to: string | null, backupId: string) {
  return { unfinished_upgrade: JSON.stringify({ to, backupId, operationId }) };
}
