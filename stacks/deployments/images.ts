// Which image a deployment is brought up with: the one it asked for or the installation's, pinned to what it means now.
import { parseImageReference } from "../../infra/assistant/image-reference.ts";
import { BerthError } from "../errors.ts";
import type { StackSettings } from "../settings.ts";
import type { Deployment, DeploymentChange } from "./deployments.ts";
import { type Placed, type Regional, targetOf } from "./regions.ts";

export type Images = Pick<StackSettings, "assistantImage" | "allowedImages">;
export type Wanting = Pick<Deployment, "image" | "pinned_image">;

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

/** What a reference means now where a deployment lives; undefined if the image is not there. */
export async function currentPin(
  settings: Regional,
  deployment: Placed & Pick<Wanting, "pinned_image">,
  reference: string,
): Promise<string | undefined> {
  return (await targetOf(settings, deployment)).findPin(reference, deployment.pinned_image);
}

export function isAllowed({ allowedImages }: Images, image: string): boolean {
  const repository = parseImageReference(image)?.repository;
  return repository !== undefined && allowedImages.includes(repository);
}
