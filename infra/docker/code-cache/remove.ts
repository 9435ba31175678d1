// Removes caches of compiled code that nobody needs any more, and what a Berth that died has left half made.
import Docker from "dockerode";
import { unless, unlessGone } from "../client.ts";
import { CODE_CACHE_LABEL, codeCacheName, isCodeCacheName } from "./names.ts";

/** Nothing takes so long to be made. */
const DEAD_AFTER_MS = 20 * 60_000;
/** Another Berth of this engine, whose assistants are all stopped, may still want it. */
const UNUSED_AFTER_MS = 24 * 3_600_000;

export interface Found {
  readonly containers: readonly {
    readonly Id: string;
    readonly Created: number;
    readonly Labels: Readonly<Record<string, string>>;
  }[];
  readonly volumes: readonly { readonly Name: string; readonly CreatedAt?: string }[];
}

/** Removes them all, but never the cache of this image or one that a container uses. */
export async function removeLeftCodeCaches(image: string): Promise<void> {
  const docker = new Docker();
  const filters = { label: [CODE_CACHE_LABEL] };
  const [containers, { Volumes: volumes }, present] = await Promise.all([
    docker.listContainers({ all: true, filters }),
    docker.listVolumes({ filters }),
    docker.getImage(image).inspect().catch(unlessGone),
  ]);
  const left = leftCodeCaches({ containers, volumes }, present && codeCacheName(present.Id), Date.now());
  for (const { id, imageId } of left.containers) await removeCodeCache(docker, id, imageId);
  for (const name of left.volumes) await docker.getVolume(name).remove().catch(unless(404, 409));
}

/** What of it is left over. Whether a container uses a volume is for the engine to say: it keeps it then. */
export function leftCodeCaches({ containers, volumes }: Found, kept: string | undefined, now: number) {
  const dead = containers.filter(({ Created }) => now - Created * 1000 > DEAD_AFTER_MS);
  const isOld = (createdAt = "") => now - Date.parse(createdAt) > UNUSED_AFTER_MS;
  const old = volumes.filter(({ Name, CreatedAt }) => isCodeCacheName(Name) && isOld(CreatedAt));
  return {
    containers: dead.map(({ Id, Labels }) => ({ id: Id, imageId: Labels[CODE_CACHE_LABEL] ?? "" })),
    volumes: old.map(({ Name }) => Name).filter((name) => name !== kept),
  };
}

/** Removes a container that fills a cache, and what it has filled. */
export async function removeCodeCache(docker: Docker, container: string, imageId: string): Promise<void> {
  await docker.getContainer(container).remove({ force: true, v: true }).catch(unlessGone);
  await docker.getVolume(codeCacheName(imageId)).remove().catch(unless(404, 409));
}
