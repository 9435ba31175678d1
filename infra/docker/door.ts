// A container that is never started: the one way into a volume that works with every Docker engine.
import { STATE_PATH } from "../assistant/image-contract.ts";
import { HANDED_PATH } from "../assistant/openclaw.ts";
import { callEngine } from "./client.ts";
import { DEPLOYMENT_LABEL, DOOR_LABEL } from "./names.ts";
import type { Asked } from "./settings-asked.ts";

type Room = Pick<Asked, "deploymentId" | "volume" | "handed" | "image">;

/** @returns its id @throws Error of the engine, also when one of the volumes is gone */
async function openDoor({ deploymentId, volume, handed, image }: Room): Promise<string> {
  // To mount a volume that is gone would make another one in its place.
  const looks = [volume, handed].map((name) => callEngine({ method: "GET", path: `/volumes/${name}?` }));
  await Promise.all(looks);
  const { Id } = await callEngine<{ Id: string }>({
    method: "POST",
    path: "/containers/create",
    options: {
      Image: image,
      Labels: { [DEPLOYMENT_LABEL]: deploymentId, [DOOR_LABEL]: "settings" },
      Entrypoint: ["/never-started"],
      HostConfig: {
        Binds: [`${volume}:${STATE_PATH}`, `${handed}:${HANDED_PATH}`],
        NetworkMode: "none",
      },
    },
  });
  return Id;
}

/** @throws Error of the engine */
export async function closeDoor(door: string): Promise<void> {
  await callEngine({ method: "DELETE", path: `/containers/${door}?`, options: { force: true, v: true } });
}

/**
 * Leaves the door open for who goes on with what is made by it. Without that it is closed: who does it again says why it
 * failed.
 */
export async function leavingOpen<T>(
  room: Room,
  make: (door: string) => Promise<T | undefined>,
): Promise<T | undefined> {
  const door = await openDoor(room);
  const made = await make(door).catch(() => undefined);
  if (made === undefined) await closeDoor(door);
  return made;
}

/** @throws Error of the engine */
export async function throughDoor<T>(room: Room, work: (door: string) => Promise<T>): Promise<T> {
  const door = await openDoor(room);
  try {
    return await work(door);
  } finally {
    await closeDoor(door);
  }
}
