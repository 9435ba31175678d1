// What Berth asks the container engine itself: whether it answers at all, before anything is concluded from what
// it does not have, and what a cut-off operation left in it.
import Docker from "dockerode";
import { DEPLOYMENT_LABEL, resourceName } from "./args.ts";
import { STOP_TIMEOUT_SECONDS } from "./container.ts";
import { RESTARTS_OF_A_CRASH_LOOP } from "./last-words.ts";

/** @throws Error when the Docker engine does not answer within that time. */
export async function assertEngineAnswers(timeoutMs: number): Promise<void> {
  try {
    await new Docker({ timeout: timeoutMs }).ping();
  } catch (error) {
    throw new Error(
      `The Docker engine is not reachable: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
}

/**
 * Removes containers and networks of a deployment that its stack's state doesn't know. Volumes stay: they hold data,
 * and one that is there already is what the next operation goes on with.
 */
export async function removeStrays(deploymentId: string, known: ReadonlySet<string>): Promise<void> {
  const { docker, containers, networks } = await ownedBy(deploymentId);
  for (const { Id } of containers) {
    if (!known.has(Id)) await docker.getContainer(Id).remove({ force: true });
  }
  for (const { Id } of networks) {
    if (!known.has(Id)) await docker.getNetwork(Id).remove();
  }
}

/**
 * Stops and removes containers of a deployment: all, or those that are paused, don't have its name or have ended again
 * and again, which Pulumi would leave as they are. Its data stays.
 * @returns how many it has removed
 */
export async function removeContainers(deploymentId: string, which: "all" | "out of order"): Promise<number> {
  const docker = new Docker();
  const filters = { label: [`${DEPLOYMENT_LABEL}=${deploymentId}`] };
  const containers = await docker.listContainers({ all: true, filters });
  const name = `/${resourceName(deploymentId)}`;
  let removed = 0;
  for (const { Id, Names, State } of containers) {
    const container = docker.getContainer(Id);
    const isMeant = which === "all" || State === "paused" || !Names.includes(name);
    if (!isMeant && (await container.inspect()).RestartCount < RESTARTS_OF_A_CRASH_LOOP) continue;
    // Refused by one that has ended or is paused: that one is removed as it is.
    await container.stop({ t: STOP_TIMEOUT_SECONDS }).catch(() => {});
    await container.remove({ force: true });
    removed += 1;
  }
  return removed;
}

/**
 * Removes whatever still carries a deleted deployment's label: made by hand, or lost by a state that was cut off.
 * @throws Error of the engine when something of it can't be removed.
 */
export async function removeAll(deploymentId: string): Promise<void> {
  await removeStrays(deploymentId, new Set());
  const { docker, volumes } = await ownedBy(deploymentId);
  for (const { Name } of volumes) await docker.getVolume(Name).remove();
}

async function ownedBy(deploymentId: string) {
  const docker = new Docker();
  return { docker, ...(await listLabelled(docker, `${DEPLOYMENT_LABEL}=${deploymentId}`)) };
}

/** Whatever carries that label, or any value of it. */
export async function listLabelled(docker: Docker, label: string) {
  const filters = { label: [label] };
  const [containers, networks, { Volumes: volumes }] = await Promise.all([
    docker.listContainers({ all: true, filters }),
    docker.listNetworks({ filters }),
    docker.listVolumes({ filters }),
  ]);
  return { containers, networks, volumes };
}
