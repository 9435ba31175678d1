// Whether the engine has the cache of an image's compiled code.
import Docker from "dockerode";
import { unlessGone } from "../client.ts";
import { CODE_CACHE_LABEL, codeCacheName } from "./names.ts";

const TIMEOUT_MS = 5_000;

/** A container that runs, with the volume that it reads compiled code from. */
interface Running {
  readonly imageId: string;
  readonly codeCache: string | undefined;
}

/**
 * The volume with an image's cache; undefined if there is none, it is still being filled or the engine can't tell: an
 * assistant starts without it, too.
 * @param kept the container that is to stay: with another volume, or with its first, it would be replaced
 */
export async function findCodeCache(image: string, kept?: Running): Promise<string | undefined> {
  const docker = new Docker({ timeout: TIMEOUT_MS });
  try {
    const { Id } = await docker.getImage(image).inspect();
    if (kept?.imageId === Id) return kept.codeCache;
    const name = codeCacheName(Id);
    const isBeingFilled = await docker.getContainer(name).inspect().catch(unlessGone);
    return !isBeingFilled && (await hasCodeCache(docker, Id)) ? name : undefined;
  } catch {
    return undefined;
  }
}

/** Whether there is a volume for an image's cache. One without the label was not made for it. */
export async function hasCodeCache(docker: Docker, imageId: string): Promise<boolean> {
  const volume = await docker.getVolume(codeCacheName(imageId)).inspect().catch(unlessGone);
  return volume?.Labels?.[CODE_CACHE_LABEL] === imageId;
}
