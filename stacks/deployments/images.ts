// Which image a deployment is brought up with: the one it asked for or the installation's, pinned to what it means now.
import { parseImageReference } from "../../infra/assistant/image-reference.ts";
import { findPin, isPinned, pinImage } from "../../infra/docker/images/pin.ts";
import { untilWritten } from "../async.ts";
import type { Sql } from "../database/database.ts";
import { BerthError } from "../errors.ts";
import { LEASE_MS, type Operation } from "../operations/operations.ts";
import type { StackSettings } from "../settings.ts";
import type { Deployment, DeploymentChange } from "./deployments.ts";

type Images = Pick<StackSettings, "target" | "assistantImage" | "allowedImages">;
type Wanting = Pick<Deployment, "image" | "pinned_image">;

/** The reference that the next redeploy resolves. */
export function wantedImage({ assistantImage }: Images, { image }: Pick<Deployment, "image">): string {
  return image ?? assistantImage;
}

/** What a deployment has that is not brought up: a stop changes no image. */
export function keptImage(settings: Images, deployment: Wanting): string {
  return deployment.pinned_image ?? wantedImage(settings, deployment);
}

/**
 * The change of the record when a call asks for an image, or with null for the installation's.
 * @throws BerthError INVALID_REQUEST unless the operator allows its repository
 */
export function imageChange(settings: Images, image: string | null | undefined): DeploymentChange {
  if (image === undefined) return {};
  if (image !== null && !isAllowed(settings, image)) {
    throw new BerthError("INVALID_REQUEST", "This image is not allowed here. Nothing was changed.", [
      { field: "image", message: `must be of ${settings.allowedImages.join(" or ")}` },
    ]);
  }
  return { image };
}

/**
 * What the deployment is to be brought up with. On AWS a reference is handed on as it is: ECS resolves it.
 * @throws Error when the image can't be had, or the operator does not allow it any more
 */
export async function pinWanted(
  settings: Images & Pick<StackSettings, "logins">,
  deployment: Wanting,
  options: { readonly onPull: (what: string) => void; readonly signal: AbortSignal },
): Promise<string> {
  const { image, pinned_image: current } = deployment;
  if (image !== null && !isAllowed(settings, image))
    throw new Error(`The image ${image} is not allowed here any more.`);
  const wanted = wantedImage(settings, deployment);
  const { target, logins } = settings;
  return target === "aws" ? wanted : pinImage(wanted, { current, logins, ...options });
}

/** Has the engine pull a pinned image that it has no more. @throws Error when it can't be had */
export async function ensureImage(
  { target, logins }: StackSettings,
  image: string,
  options: { readonly onPull: (what: string) => void; readonly signal: AbortSignal },
): Promise<void> {
  // An image's id names no registry that it could be had from.
  if (target === "docker" && parseImageReference(image))
    await pinImage(image, { current: image, logins, ...options });
}

/** What a reference means now, as far as the engine has the image; undefined if it has not. */
export async function currentPin(
  { target }: Images,
  reference: string,
  current: string | null,
): Promise<string | undefined> {
  return target === "aws" ? reference : findPin(reference, current);
}

/**
 * What the deployment was brought up with last; undefined if it never was. An older version wrote down the tag: what
 * that means now is the best that can be known of it.
 */
export async function previousPin(
  { target }: Images,
  { pinned_image }: Pick<Deployment, "pinned_image">,
): Promise<string | undefined> {
  if (pinned_image === null) return undefined;
  if (target === "aws" || isPinned(pinned_image)) return pinned_image;
  return (await findPin(pinned_image, null)) ?? pinned_image;
}

function isAllowed({ allowedImages }: Images, image: string): boolean {
  const repository = parseImageReference(image)?.repository;
  return repository !== undefined && allowedImages.includes(repository);
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
  const counts = sql
    .selectFrom("operations")
    .select("id")
    .where("id", "=", id)
    .where("attempt", "=", attempt);
  const update = sql
    .updateTable("deployments")
    .set(change)
    .where("id", "=", deployment_id)
    .where("operation_id", "in", counts.where("finished_at", "is", null))
    .returning("id");
  const written = await untilWritten(() => update.execute(), LEASE_MS);
  if (written.length === 0) throw new Error("The operation has been taken over.");
}
