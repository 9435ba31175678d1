// What an attempt does about images: pins what is wanted, has it pulled, and writes down what has become of it.
import { isPinned, parseImageReference } from "../../infra/assistant/image-reference.ts";
import type { Pinning } from "../../infra/target.ts";
import { untilWritten } from "../async.ts";
import type { Sql } from "../database/database.ts";
import type { Deployment, DeploymentChange } from "../deployments/deployments.ts";
import { type Images, isAllowed, type Wanting, wantedImage } from "../deployments/images.ts";
import { recordPull } from "../deployments/pulled-images.ts";
import { type Placed, type Regional, targetOf } from "../deployments/regions.ts";
import { LEASE_MS, type Operation } from "../operations/operations.ts";
import type { StackSettings } from "../settings.ts";

interface Pulling extends Pick<Pinning, "onPull" | "signal"> {
  /** Where it is recorded which images were pulled. */
  readonly sql: Sql;
}
type Pinned = Regional & Pick<StackSettings, "logins">;

/**
 * What the deployment is to be brought up with.
 * @throws Error when the image can't be had, or the operator does not allow it any more
 */
export async function pinWanted(
  settings: Images & Pinned,
  deployment: Placed & Wanting,
  pulling: Pulling,
): Promise<string> {
  const { image, pinned_image: current } = deployment;
  if (image !== null && !isAllowed(settings, image))
    throw new Error(`The image ${image} is not allowed here any more.`);
  return pin(settings, deployment, wantedImage(settings, deployment), current, pulling);
}

/** Has a pinned image pulled that is not there any more. @throws Error when it can't be had */
export async function ensureImage(
  settings: Pinned,
  deployment: Placed,
  image: string,
  pulling: Pulling,
): Promise<void> {
  // An image's id names no registry that it could be had from.
  if (!parseImageReference(image)) return;
  await pin(settings, deployment, image, image, pulling);
}

/** What it has to pull is recorded as pulled by Berth. */
async function pin(
  settings: Pinned,
  deployment: Placed,
  reference: string,
  current: string | null,
  { sql, onPull, signal }: Pulling,
): Promise<string> {
  const target = await targetOf(settings, deployment);
  let isPulled = false;
  const pinned = await target.pinImage(reference, {
    ...{ current, logins: settings.logins, signal },
    onPull(what) {
      isPulled = true;
      onPull(what);
    },
  });
  if (isPulled) await recordPull(sql, { pin: pinned, reference });
  return pinned;
}

/**
 * What the deployment was brought up with last; undefined if it never was. An older version wrote down the tag: what
 * that means now is the best that can be known of it.
 */
export async function previousPin(
  settings: Regional,
  deployment: Placed & Pick<Deployment, "pinned_image">,
): Promise<string | undefined> {
  const { pinned_image } = deployment;
  if (pinned_image === null || isPinned(pinned_image)) return pinned_image ?? undefined;
  return (await (await targetOf(settings, deployment)).findPin(pinned_image, null)) ?? pinned_image;
}

/**
 * Writes down what has become of a deployment's image, before the stack is touched accordingly.
 * @throws Error when the attempt is no longer the one that counts; nothing is written then
 */
export async function recordImages(
  sql: Sql,
  { id, attempt, deployment_id }: Pick<Operation, "id" | "attempt" | "deployment_id">,
  change: Pick<DeploymentChange, "pinned_image" | "unfinished_upgrade" | "rolled_back_from">,
): Promise<void> {
  const update = sql
    .updateTable("deployments")
    .set(change)
    .where("id", "=", deployment_id)
    .where("operation_id", "in", counting(sql, { id, attempt }, "id"))
    .returning("id");
  await untilRecorded(() => update.execute());
}

/**
 * Writes down which volume has the data that was restored, also if something else was asked for meanwhile: that begins after
 * this, and with it.
 * @throws Error when the attempt is no longer the one that counts; nothing is written then
 */
export async function recordVolume(sql: Sql, { id, attempt }: Counted, data_volume: string): Promise<void> {
  const update = sql
    .updateTable("deployments")
    .set({ data_volume })
    .where("id", "in", counting(sql, { id, attempt }, "deployment_id"))
    .returning("id");
  await untilRecorded(() => update.execute());
}

type Counted = Pick<Operation, "id" | "attempt">;

/** Of the operation while that attempt is the one that counts; nothing otherwise. */
function counting(sql: Sql, { id, attempt }: Counted, column: "id" | "deployment_id") {
  const operation = sql.selectFrom("operations").select(column).where("id", "=", id);
  return operation.where("attempt", "=", attempt).where("finished_at", "is", null);
}

/** @throws Error when nothing could be written: another attempt has taken over */
async function untilRecorded(write: () => Promise<readonly unknown[]>): Promise<void> {
  const written = await untilWritten(write, LEASE_MS);
  if (written.length === 0) throw new Error("The operation has been taken over.");
}
