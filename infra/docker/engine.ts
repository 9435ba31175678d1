// What Berth asks the container engine itself: whether it answers at all, before anything is concluded from what
// it does not have, and what a cut-off operation left in it.
import Docker from "dockerode";
import { resourceName } from "../args.ts";
import { STOP_TIMEOUT_SECONDS } from "../assistant/image-contract.ts";
import type { Removal } from "../target.ts";
import { unless, unlessGone } from "./client.ts";
import { DEPLOYMENT_LABEL, handedVolumeName, isDataVolume, ownerByName } from "./names.ts";
import { putRight } from "./put-right.ts";
import { isPutRight, isToBeRemoved } from "./removal.ts";

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
 * Removes containers and networks of a deployment that its stack's state doesn't know, and the volume with its secrets.
 * The one with its data stays: it is what the next operation goes on with. One that was made for a restore goes, if it is
 * known that the data is in another one, `kept`, which is there.
 */
export async function removeStrays(
  deploymentId: string,
  known: ReadonlySet<string>,
  kept?: string,
): Promise<void> {
  const { docker, networks, volumes } = await ownedBy(deploymentId);
  for (const { Id } of await containersOf(docker, deploymentId)) {
    if (!known.has(Id)) await endAndRemove(docker.getContainer(Id));
  }
  for (const { Id } of networks) {
    if (!known.has(Id)) await docker.getNetwork(Id).remove();
  }
  const hasData = volumes.some(({ Name }) => Name === kept);
  for (const { Name } of volumes) {
    const isHanded = Name === handedVolumeName(deploymentId);
    const isLeftover = hasData && Name !== kept && isDataVolume(deploymentId, Name);
    // A container that is known may have it.
    if ((isHanded || isLeftover) && !known.has(Name))
      await docker.getVolume(Name).remove().catch(unless(404, 409));
  }
}

/**
 * Stops and removes containers that carry a deployment's label or stand under its name. Its data stays. Where what is out of
 * order goes, what can be put right in the others is.
 * @returns how many it has removed or put right
 */
export async function removeContainers(deploymentId: string, removal: Removal): Promise<number> {
  const docker = new Docker();
  let changed = 0;
  for (const listed of await containersOf(docker, deploymentId)) {
    const container = docker.getContainer(listed.Id);
    const restarts = async () => (await container.inspect()).RestartCount;
    if (await isToBeRemoved({ ...listed, restarts }, removal, deploymentId)) await endAndRemove(container);
    else if (!isPutRight(removal) || !(await putRight(docker, listed.Id, deploymentId))) continue;
    changed += 1;
  }
  return changed;
}

async function endAndRemove(container: Docker.Container): Promise<void> {
  // Refused by one that has ended or is paused: that one is removed as it is.
  await container.stop({ t: STOP_TIMEOUT_SECONDS }).catch(() => {});
  await container.remove({ force: true }).catch(unlessGone);
}

/** Stops the containers of a deployment, and removes its networks. What the engine refuses, Pulumi or removeAll does again. */
export async function beginEnding(deploymentId: string): Promise<void> {
  const docker = new Docker();
  const containers = await containersOf(docker, deploymentId);
  await Promise.allSettled(
    containers.map(({ Id }) => docker.getContainer(Id).stop({ t: STOP_TIMEOUT_SECONDS })),
  );
  const { networks } = await ownedBy(deploymentId);
  await Promise.allSettled(networks.map(({ Id }) => docker.getNetwork(Id).remove()));
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

/** By label or by name: made by hand, it may stand in the assistant's place without a label. */
export async function containersOf(docker: Docker, deploymentId: string): Promise<Docker.ContainerInfo[]> {
  const lists = await Promise.all(
    [{ label: [`${DEPLOYMENT_LABEL}=${deploymentId}`] }, { name: [`^/${resourceName(deploymentId)}$`] }].map(
      (filters) => docker.listContainers({ all: true, filters }),
    ),
  );
  return [...new Map(lists.flat().map((container) => [container.Id, container])).values()];
}

async function ownedBy(deploymentId: string) {
  const docker = new Docker();
  return { docker, ...(await listLabelled(docker, `${DEPLOYMENT_LABEL}=${deploymentId}`)) };
}

/**
 * Whatever carries that label, or any value of it. A volume of a deployment's name that somebody has made by hand counts
 * as labelled: nobody could label it.
 */
export async function listLabelled(docker: Docker, label: string) {
  const filters = { label: [label] };
  const [, id] = label.split("=");
  const [containers, networks, volumes] = await Promise.all([
    docker.listContainers({ all: true, filters }),
    docker.listNetworks({ filters }),
    id === undefined ? allVolumes(docker) : volumesOf(docker, id),
  ]);
  return { containers, networks, volumes: volumes.flatMap(withOwner) };
}

/** In one list, of every owner: the engine looks at each of them for any list. */
async function allVolumes(docker: Docker): Promise<Docker.VolumeInspectInfo[]> {
  return (await docker.listVolumes()).Volumes;
}

async function volumesOf(docker: Docker, id: string): Promise<Docker.VolumeInspectInfo[]> {
  const [labelled, named] = await Promise.all([
    docker.listVolumes({ filters: { label: [`${DEPLOYMENT_LABEL}=${id}`] } }),
    docker.listVolumes({ filters: { name: [resourceName(id)] } }),
  ]);
  const isUnlabelled = ({ Labels }: Docker.VolumeInspectInfo) => Labels?.[DEPLOYMENT_LABEL] === undefined;
  return [...labelled.Volumes, ...named.Volumes.filter(isUnlabelled)];
}

/** None where neither label nor name says whose it is. */
function withOwner(volume: Docker.VolumeInspectInfo): Docker.VolumeInspectInfo[] {
  if (volume.Labels?.[DEPLOYMENT_LABEL] !== undefined) return [volume];
  const owner = ownerByName(volume.Name);
  if (owner === undefined) return [];
  return [{ ...volume, Labels: { ...volume.Labels, [DEPLOYMENT_LABEL]: owner } }];
}
