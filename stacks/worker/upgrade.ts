// An upgrade: the assistant is stopped, its data backed up, and only then does another image touch them. Unless that gets
// well, data and image are brought back. The record says at each moment which image the data belongs to, so that
// a worker that goes on after a crash never starts the old image on the data of the new one.
import { v7 as uuidv7 } from "uuid";
import type { AssistantOutputs } from "../../infra/args.ts";
import { backupFile } from "../backups/files.ts";
import { backupOf, insertBackup } from "../backups/records.ts";
import { restorable } from "../backups/work.ts";
import { BACKUP_GONE, type Cause } from "../causes.ts";
import type { Deployment } from "../deployments/deployments.ts";
import type { Ending, Operation } from "../operations/operations.ts";
import { causeOf } from "../pulumi/error-texts.ts";
import { dropSecrets } from "../pulumi/stack-config.ts";
import { type AttemptRun, NotDone, type RunParts } from "./attempt.ts";
import { ensureImage, recordImages } from "./pinning.ts";

export interface UpgradeParts extends RunParts {
  readonly run: AttemptRun;
  readonly operation: Operation;
  readonly deployment: Deployment;
}

/** Both pinned. */
interface Images {
  readonly from: string;
  readonly to: string;
}

/**
 * From one image to another, or to the same one if an upgrade was begun that has not ended.
 * @throws NotDone
 */
export async function upgrade(parts: UpgradeParts, images: Images): Promise<Ending> {
  const { unfinished_upgrade: unfinished } = parts.deployment;
  return unfinished ? goOn(parts, images, unfinished) : begin(parts, images);
}

async function begin(parts: UpgradeParts, images: Images): Promise<Ending> {
  const { run, sql, operation } = parts;
  if (await hasRolledBack(parts, images)) return start(parts, images, cutOffAfterwards(images));
  run.say(`Upgrading from ${images.from} to ${images.to}`);
  let backupId: string | undefined;
  try {
    backupId = await stopAndBackUp(parts, images);
  } catch (error) {
    return asItWas(parts, images.from, causeIn(error));
  }
  if (backupId !== undefined) return moveTo(parts, images, backupId);
  // There are no data that could be lost.
  await recordImages(sql, operation, { pinned_image: images.to });
  return { state: "succeeded", outputs: { ...(await run.up({ replicas: 1, image: images.to })) } };
}

/** An operation that comes later and wants the same image goes on with what that image has made of the data since. */
async function goOn(
  parts: UpgradeParts,
  images: Images,
  { to, backupId, operationId }: NonNullable<Deployment["unfinished_upgrade"]>,
): Promise<Ending> {
  const { run, sql, operation } = parts;
  if (to === images.to && operationId !== operation.id) return moveTo(parts, images, backupId);
  run.say("Going back to the data from before an upgrade that was cut off");
  try {
    await recordImages(sql, operation, unfinishedUpgrade(operation, null, backupId));
    await stopAndRestore(parts, images, backupId);
  } catch (error) {
    return { state: "failed", cause: causeIn(error) };
  }
  if (images.to !== images.from) return moveTo(parts, images, backupId);
  await recordImages(sql, operation, { pinned_image: images.from, unfinished_upgrade: null });
  return { state: "succeeded", outputs: { ...(await run.up({ replicas: 1, image: images.from })) } };
}

async function moveTo(parts: UpgradeParts, images: Images, backupId: string): Promise<Ending> {
  const { run, sql, operation } = parts;
  const { to } = images;
  await recordImages(sql, operation, unfinishedUpgrade(operation, to, backupId));
  let outputs: AssistantOutputs;
  try {
    outputs = await run.up({ replicas: 1, image: to });
  } catch (error) {
    return rollBack(parts, images, backupId, causeIn(error));
  }
  await recordImages(sql, operation, { pinned_image: to, unfinished_upgrade: null, rolled_back_from: null });
  return { state: "succeeded", outputs: { ...outputs } };
}

async function rollBack(parts: UpgradeParts, images: Images, backupId: string, why: Cause): Promise<Ending> {
  const { run, sql, operation } = parts;
  const { from, to } = images;
  run.say(`${to} did not get well: going back to ${from} and the data from before`);
  await recordImages(sql, operation, unfinishedUpgrade(operation, null, backupId));
  try {
    await stopAndRestore(parts, images, backupId);
    const back = { pinned_image: from, unfinished_upgrade: null, rolled_back_from: to };
    await recordImages(sql, operation, back);
    return await start(parts, images, why);
  } catch (error) {
    return { state: "failed", cause: notRolledBack(why, causeIn(error), backupId) };
  }
}

/** The previous image on its own data, unless there was nothing healthy to go back to. @throws NotDone */
async function start(parts: UpgradeParts, { from, to }: Images, why: Cause): Promise<Ending> {
  const { deployment, settings } = parts;
  if (deployment.status_before === "failed") {
    await dropSecrets(settings, deployment);
    const cause = rolledBack(to, why, "It had failed before, so it was not started.");
    return { state: "failed", cause };
  }
  const outputs = await bringUpPrevious(parts, from);
  const cause = rolledBack(to, why, "It is active again.");
  return { state: "failed", cause, back: { status: "active", outputs } };
}

/** By an attempt that died before it could say so: what has been written since then must not be restored over. */
async function hasRolledBack({ sql, operation, deployment }: UpgradeParts, { to }: Images): Promise<boolean> {
  return deployment.rolled_back_from === to && (await backupOf(sql, operation))?.state === "ready";
}

/** @returns undefined if there are no data @throws NotDone */
async function stopAndBackUp(
  { run, sql, settings, operation, deployment }: UpgradeParts,
  { from, to }: Images,
): Promise<string | undefined> {
  const wanted = { id: uuidv7(), reason: "upgrade", operation_id: operation.id } as const;
  if (!(await backupOf(sql, operation))) await insertBackup(sql, settings, deployment, wanted);
  const backup = await backupOf(sql, operation);
  if (!backup) throw new Error("The record of the backup is gone.");
  // Of the two images the engine has the new one for certain.
  const write = { file: backupFile(settings, backup), keeping: settings.backups, image: to };
  await run.up({ replicas: 0, image: from, data: { write } });
  return (await backupOf(sql, operation))?.id;
}

/** @throws NotDone */
async function stopAndRestore(
  { run, sql, settings }: UpgradeParts,
  { from: image, to }: Images,
  backupId: string,
): Promise<void> {
  const from = await restorable(sql, settings, backupId).catch((error: Error) => {
    throw new NotDone({ state: "failed", cause: causeOf([error.message]) });
  });
  const restore = { from, before: "", keeping: settings.backups, image: to };
  await run.up({ replicas: 0, image, data: { restore } });
}

/** Before another image has touched anything. */
async function asItWas(parts: UpgradeParts, from: string, cause: Cause): Promise<Ending> {
  if (parts.deployment.status_before === "failed") return { state: "failed", cause };
  try {
    const outputs = await bringUpPrevious(parts, from);
    const message = `The upgrade was not begun, and the assistant is active as before. ${cause.message}`;
    return { state: "failed", cause: { ...cause, message }, back: { status: "active", outputs } };
  } catch (error) {
    const message = `${cause.message}\nThe previous image could not be started again: ${causeIn(error).message}`;
    return { state: "failed", cause: { ...cause, message } };
  }
}

/** Pulled here if need be: Pulumi's plugin would ask a registry without Berth's login. @throws NotDone */
async function bringUpPrevious(
  { run, settings, deployment }: UpgradeParts,
  image: string,
): Promise<AssistantOutputs> {
  const onPull = (what: string) => run.say(what);
  await run
    .here((signal) => ensureImage(settings, deployment, image, { onPull, signal }))
    .catch((error: Error) => {
      if (error instanceof NotDone) throw error;
      throw new NotDone({ state: "failed", cause: causeOf([error.message]) });
    });
  return run.up({ replicas: 1, image });
}

function unfinishedUpgrade({ id: operationId }: Operation, to: string | null, backupId: string) {
  return { unfinished_upgrade: JSON.stringify({ to, backupId, operationId }) };
}

function rolledBack(to: string, { code, message }: Cause, now: string): Cause {
  return {
    code: "UPGRADE_ROLLED_BACK",
    message: `The image ${to} did not get well (${code}); the previous image and the data from before the upgrade are back. ${now} Redeploy to try again.\n${message}`,
  };
}

function cutOffAfterwards({ to }: Images): Cause {
  return { code: "INTERRUPTED", message: `Berth was ended after it had gone back from ${to}.` };
}

function notRolledBack(first: Cause, then: Cause, backupId: string): Cause {
  const way =
    then.code === BACKUP_GONE
      ? `Backup ${backupId}, which had the data from before, is gone: stop the assistant and restore another one.`
      : `Backup ${backupId} has the data from before; redeploy to try again.`;
  return {
    code: "ROLLBACK_FAILED",
    message: `The upgrade failed (${first.code}), and so did the way back (${then.code}). ${way}\nThe upgrade: ${first.message}\nThe way back: ${then.message}`,
  };
}

/** @throws what is no failure with a cause: cancelled, interrupted, or the database is away */
function causeIn(error: unknown): Cause {
  if (error instanceof NotDone && "cause" in error.how) return error.how.cause;
  throw error;
}
