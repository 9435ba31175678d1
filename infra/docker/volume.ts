// Into a deployment's volume and out of it, as an archive, while none of its containers runs. The way in is a "door": a
// container that is never started works with every Docker engine.
import { dirname } from "node:path";
import { Readable } from "node:stream";
import Docker from "dockerode";
import { resourceName } from "../args.ts";
import { STATE_PATH } from "../assistant/image-contract.ts";
import { EMPTY_ARCHIVE } from "../backups/contents.ts";
import { unlessGone } from "./client.ts";
import { removeDoors } from "./helper-containers.ts";
import { DEPLOYMENT_LABEL, DOOR_LABEL } from "./names.ts";

export interface StateVolume {
  readonly deploymentId: string;
  /** Any image that the engine has. */
  readonly image: string;
}

/**
 * Everything in the volume, as the engine packs it: below one folder, with owners, modes, links and long names. An
 * archive without an entry if there is no volume.
 */
export async function* readVolume(volume: StateVolume, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  if (!(await hasVolume(volume))) return yield* EMPTY_ARCHIVE;
  const door = await openDoor(volume, "ro");
  try {
    const packed = await door.getArchive({ path: STATE_PATH, abortSignal: signal });
    yield* packed as unknown as AsyncIterable<Uint8Array>;
  } finally {
    await door.remove({ force: true });
  }
}

/**
 * Makes the volume anew, under its name and with its label, and fills it from an archive. Cut off in the middle it can be
 * done again.
 * @throws Error of the engine, also when a container of the deployment still has the volume
 */
export async function replaceVolume(
  volume: StateVolume,
  archive: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  signal: AbortSignal,
): Promise<void> {
  const docker = new Docker();
  const { deploymentId } = volume;
  const Name = resourceName(deploymentId);
  await removeDoors(deploymentId, "backup");
  await docker.getVolume(Name).remove().catch(unlessGone);
  await docker.createVolume({ Name, Labels: { [DEPLOYMENT_LABEL]: deploymentId } });
  const door = await openDoor(volume, "rw");
  try {
    await door.putArchive(Readable.from(archive, { objectMode: false }), {
      path: dirname(STATE_PATH),
      abortSignal: signal,
    });
  } finally {
    await door.remove({ force: true });
  }
}

/** Whether the engine has the volume; to mount it would make it. */
export async function hasVolume({ deploymentId }: StateVolume): Promise<boolean> {
  const found = await new Docker().getVolume(resourceName(deploymentId)).inspect().catch(unlessGone);
  return found !== undefined;
}

async function openDoor(
  { deploymentId, image }: StateVolume,
  access: "ro" | "rw",
): Promise<Docker.Container> {
  const docker = new Docker();
  await removeDoors(deploymentId, "backup");
  return docker.createContainer({
    Image: image,
    Labels: { [DEPLOYMENT_LABEL]: deploymentId, [DOOR_LABEL]: "backup" },
    Entrypoint: ["/never-started"],
    HostConfig: {
      // `nocopy`: an empty volume is not filled with what the image has there.
      Binds: [`${resourceName(deploymentId)}:${STATE_PATH}:${access},nocopy`],
      NetworkMode: "none",
    },
  });
}
