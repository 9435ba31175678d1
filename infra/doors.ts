// "Doors": containers of Berth's own that were only made to get at a deployment's volume. While there is one, the volume
// can't be removed.
import { setTimeout as sleep } from "node:timers/promises";
import Docker from "dockerode";
import { DEPLOYMENT_LABEL, DOOR_LABEL } from "./args.ts";

const GONE_WITHIN_MS = 10_000;
const LOOK_EVERY_MS = 50;

/**
 * Removes those of a deployment, whoever has made them: left by a process that died, or measuring.
 * @throws Error of the engine, also when one of them does not go
 */
export async function removeDoors(deploymentId: string): Promise<void> {
  const docker = new Docker();
  const filters = { label: [`${DEPLOYMENT_LABEL}=${deploymentId}`, DOOR_LABEL] };
  for (const deadline = Date.now() + GONE_WITHIN_MS; ; await sleep(LOOK_EVERY_MS)) {
    const doors = await docker.listContainers({ all: true, filters });
    for (const { Id } of doors) await removeDoor(docker.getContainer(Id));
    if (doors.length === 0) return;
    if (Date.now() > deadline) throw new Error(`A container that has the volume of ${deploymentId} stays.`);
  }
}

/** Nothing is done if it is gone, or about to be. */
export async function removeDoor(door: Docker.Container): Promise<void> {
  await door.remove({ force: true }).catch(unlessGoing);
}

function unlessGoing(error: { readonly statusCode?: number }): void {
  if (error.statusCode !== 404 && error.statusCode !== 409) throw error;
}
