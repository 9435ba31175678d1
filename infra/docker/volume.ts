// Into a deployment's volumes and out of them, as an archive, while none of its containers runs. The way in is a "door": a
// container that is never started works with every Docker engine.
import { dirname } from "node:path";
import { Readable } from "node:stream";
import Docker from "dockerode";
import { IMAGE_UID, STATE_PATH } from "../assistant/image-contract.ts";
import { assertSame, Summing, type Sums } from "../backups/sums.ts";
import { movedInto } from "../backups/tar-at-root.ts";
import { ownedBy } from "../backups/tar-owner.ts";
import { DataUntouched } from "../target.ts";
import { unlessGone } from "./client.ts";
import { removeDoors } from "./helper-containers.ts";
import { DEPLOYMENT_LABEL, DOOR_LABEL, dataVolumeName } from "./names.ts";

const EMPTY_ARCHIVE = Buffer.alloc(1024);

export interface StateVolume {
  readonly deploymentId: string;
  /** Any image that the engine has. */
  readonly image: string;
  /** Name of the volume that its data is in, if it was restored ever. */
  readonly volume?: string | null | undefined;
}

/**
 * Everything in the volume, as the engine packs it: below one folder, with modes, links and long names, and as if it were
 * the image's user's. An archive without an entry if there is no volume.
 */
export async function* readVolume(state: StateVolume, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  if (!(await hasVolume(state))) yield EMPTY_ARCHIVE;
  else yield* ownedBy(IMAGE_UID, packed(state, nameOf(state), signal));
}

/**
 * Unpacks an archive into a volume that is there and empty, and reads it back: only what is whole is ever taken for the
 * deployment's data. Otherwise the volume is removed, which makes room again.
 * @throws DataUntouched with the engine's reason
 */
export async function fillVolume(
  state: StateVolume,
  into: string,
  archive: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  signal: AbortSignal,
): Promise<void> {
  try {
    const sums = await unpack(state, into, archive, signal);
    const found = new Summing();
    // An engine that maps users says of them what they are on the host. Who starts the assistant gives it the data.
    for await (const _piece of found.over(ownedBy(IMAGE_UID, packed(state, into, signal))));
    assertSame(sums, found.sums);
  } catch (error) {
    await new Docker()
      .getVolume(into)
      .remove()
      .catch(() => {});
    const why = error instanceof Error ? error.message : String(error);
    throw new DataUntouched(`The backup could not be put in place: ${why}`, { cause: error });
  }
}

async function unpack(
  state: StateVolume,
  into: string,
  archive: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  signal: AbortSignal,
): Promise<Sums> {
  // To mount it would make one that is not the stack's.
  await new Docker().getVolume(into).inspect();
  const summing = new Summing();
  const door = await openDoor(state, into, "rw");
  try {
    // At `/` no symlink leads out, wherever it leads: the engine would refuse it.
    const moved = movedInto(dirname(STATE_PATH).slice(1), summing.over(ownedBy(IMAGE_UID, archive)));
    await door.putArchive(Readable.from(moved, { objectMode: false }), { path: "/", abortSignal: signal });
  } finally {
    await door.remove({ force: true, v: true });
  }
  return summing.sums;
}

async function* packed(state: StateVolume, name: string, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  const door = await openDoor(state, name, "ro");
  try {
    const archive = await door.getArchive({ path: STATE_PATH, abortSignal: signal });
    yield* archive as unknown as AsyncIterable<Uint8Array>;
  } finally {
    await door.remove({ force: true, v: true });
  }
}

/** Whether the engine has the volume with the data; to mount it would make it. */
export async function hasVolume(state: StateVolume): Promise<boolean> {
  const found = await new Docker().getVolume(nameOf(state)).inspect().catch(unlessGone);
  return found !== undefined;
}

function nameOf({ deploymentId, volume }: StateVolume): string {
  return dataVolumeName(deploymentId, volume);
}

async function openDoor(
  { deploymentId, image }: StateVolume,
  volume: string,
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
      Binds: [`${volume}:${STATE_PATH}:${access},nocopy`],
      NetworkMode: "none",
    },
  });
}
