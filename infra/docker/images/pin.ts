// What an image reference means on the Docker engine right now, in a form that means the same for ever.
import Docker from "dockerode";
import { fullName, type ImageReference, parseImageReference } from "../../assistant/image-reference.ts";
import type { Pinning } from "../../target.ts";
import { engineWords, pullImage } from "./pull.ts";

const TIMEOUT_MS = 10_000;

/**
 * `repository@digest` of the image that the engine has under this reference, or the image's id if it came from no
 * registry. What the engine doesn't have is pulled first.
 * @throws Error when it can't be had, with the engine's words
 */
export async function pinImage(
  reference: string,
  { current, logins, onPull, signal }: Pinning,
): Promise<string> {
  const parsed = parsedReference(reference);
  const found = await inspect(parsed);
  if (found) return pinOf(parsed, found, current);
  onPull(`Pulling ${reference}`);
  const startedAt = performance.now();
  await pullImage(parsed, { logins, signal }).catch((error: Error) => {
    throw new Error(`Unable to find image '${reference}' locally, and it can't be pulled: ${error.message}`);
  });
  onPull(`Pulled ${reference} in ${Math.ceil((performance.now() - startedAt) / 1000)} s`);
  const pulled = await inspect(parsed);
  if (!pulled) throw new Error(`Unable to find image '${reference}' although it was pulled.`);
  return pinOf(parsed, pulled, current);
}

/** As pinImage, but undefined for an image that the engine doesn't have. */
export async function findPin(reference: string, current: string | null): Promise<string | undefined> {
  const parsed = parsedReference(reference);
  const found = await inspect(parsed);
  return found && pinOf(parsed, found, current);
}

function parsedReference(reference: string): ImageReference {
  const parsed = parseImageReference(reference);
  if (!parsed) throw new Error(`"${reference}" is no image reference.`);
  return parsed;
}

function pinOf(
  { repository, digest }: ImageReference,
  { Id, RepoDigests }: Docker.ImageInspectInfo,
  current: string | null,
): string {
  // Several may name the same image, in any order.
  const known = [Id, ...(RepoDigests ?? [])];
  if (current !== null && known.includes(current)) return current;
  const ofRepository = (RepoDigests ?? []).filter(
    (one) => parseImageReference(one)?.repository === repository,
  );
  const asked = ofRepository.find((one) => digest !== undefined && one.endsWith(`@${digest}`));
  return asked ?? ofRepository.toSorted()[0] ?? Id;
}

async function inspect(reference: ImageReference): Promise<Docker.ImageInspectInfo | undefined> {
  const image = new Docker({ timeout: TIMEOUT_MS }).getImage(fullName(reference));
  return image.inspect().catch((error: { readonly statusCode?: number }) => {
    if (error.statusCode === 404) return undefined;
    throw new Error(`The Docker engine is not reachable: ${engineWords(error)}`);
  });
}
