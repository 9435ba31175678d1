// "Doors": containers of Berth's own that were only made to get at a deployment's volume. While there is one, the volume
// can't be removed.
import Docker from "dockerode";
import { unlessGone } from "./client.ts";
import type { DoorKind } from "./helper-options.ts";
import { DEPLOYMENT_LABEL, DOOR_LABEL } from "./names.ts";

const GONE_WITHIN_MS = 10_000;

/**
 * Removes those of a kind that a deployment has, in use or left by a process that died.
 * @throws Error of the engine, also when one of them does not go
 */
export async function removeDoors(deploymentId: string, kind: DoorKind): Promise<void> {
  const docker = new Docker();
  const filters = { label: [`${DEPLOYMENT_LABEL}=${deploymentId}`, `${DOOR_LABEL}=${kind}`] };
  for (const { Id } of await docker.listContainers({ all: true, filters }))
    await removeDoor(docker.getContainer(Id));
}

/** Removes one, or waits until it is gone if the engine is at it already. @throws as removeDoors */
export async function removeDoor(door: Docker.Container): Promise<void> {
  try {
    // With the volumes that its image may name, which are nobody's; never with one that has a name.
    await door.remove({ force: true, v: true });
  } catch (error) {
    const { statusCode } = error as { readonly statusCode?: number };
    if (statusCode === 404) return;
    if (statusCode !== 409) throw error;
    const abortSignal = AbortSignal.timeout(GONE_WITHIN_MS);
    await door.wait({ condition: "removed", abortSignal }).catch(unlessGone);
  }
}
