// Removes an image that Berth has pulled, unless anybody has a use for it. The engine has the last word: nothing is forced.
import Docker from "dockerode";
import { fullName, parseImageReference } from "../../assistant/image-reference.ts";
import { unless, unlessGone } from "../client.ts";

const TIMEOUT_MS = 120_000;

export interface Removable {
  /** `repository@digest`, or an image's id. */
  readonly pin: string;
  /** What was pulled. */
  readonly reference: string;
  /** References of images that stay, whatever they are called. */
  readonly kept: readonly string[];
}

/**
 * `kept` while a container uses it, it is one that stays, or somebody has given it another name.
 * @throws Error of the engine
 */
export async function removeImage({ pin, reference, kept }: Removable): Promise<"removed" | "kept" | "gone"> {
  const docker = new Docker({ timeout: TIMEOUT_MS });
  const find = (name: string) => docker.getImage(name).inspect().catch(unlessGone);
  const found = await find(pin);
  if (!found) return "gone";
  const own = nameOf(reference);
  const others = (found.RepoTags ?? []).filter((tag) => nameOf(tag) !== own);
  const [staying, containers] = await Promise.all([
    Promise.all(kept.map(async (name) => (await find(nameOf(name)))?.Id)),
    docker.listContainers({ all: true }),
  ]);
  const isUsed = containers.some(({ ImageID }) => ImageID === found.Id);
  if (isUsed || staying.includes(found.Id) || others.length > 0) return "kept";
  const hasTag = (found.RepoTags ?? []).length > 0;
  // With its last tag an image goes, and with its last digest.
  for (const name of hasTag ? [own, pin] : [pin])
    await docker.getImage(name).remove().catch(unless(404, 409));
  return (await find(pin)) ? "kept" : "removed";
}

function nameOf(reference: string): string {
  const parsed = parseImageReference(reference);
  return parsed ? fullName(parsed) : reference;
}
