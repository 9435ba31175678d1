// What an engine has of a deployment, by its label, asked past Berth and Pulumi.
import { setTimeout as sleep } from "node:timers/promises";
import type Docker from "dockerode";
import { MEASURE } from "../../../infra/docker/measure-volume.ts";
import { DEPLOYMENT_LABEL, DOOR_LABEL } from "../../../infra/docker/names.ts";

export interface Owned {
  readonly containers: readonly { readonly id: string; readonly isRunning: boolean }[];
  readonly networks: readonly string[];
  readonly volumes: readonly string[];
}

/** Ids as Pulumi's state has them: a volume's is its name. Data is measured at any time: what does that is left out. */
export async function ownedBy(engine: Docker, deploymentId: string): Promise<Owned> {
  const filters = { label: [`${DEPLOYMENT_LABEL}=${deploymentId}`] };
  const [containers, networks, volumes] = await Promise.all([
    engine.listContainers({ all: true, filters }),
    engine.listNetworks({ filters }),
    engine.listVolumes({ filters }),
  ]);
  return {
    containers: containers
      .filter(({ Labels }) => Labels[DOOR_LABEL] !== MEASURE)
      .map(({ Id, State }) => ({ id: Id, isRunning: State === "running" })),
    networks: networks.map(({ Id }) => Id),
    volumes: volumes.Volumes.map(({ Name }) => Name),
  };
}

/** Removes whatever still carries the deployment's label. The engine may still be at work for one who was killed. */
export async function removeOwned(engine: Docker, deploymentId: string): Promise<void> {
  for (const deadline = Date.now() + 20_000; ; await sleep(200)) {
    const refused = await removeOnce(engine, deploymentId).catch((error: Error) => error);
    if (!refused) return;
    if (Date.now() > deadline) throw refused;
  }
}

async function removeOnce(engine: Docker, deploymentId: string): Promise<void> {
  const filters = { label: [`${DEPLOYMENT_LABEL}=${deploymentId}`] };
  for (const { Id } of await engine.listContainers({ all: true, filters }))
    await engine.getContainer(Id).remove({ force: true });
  const { networks, volumes } = await ownedBy(engine, deploymentId);
  for (const id of networks) await engine.getNetwork(id).remove();
  for (const name of volumes) await engine.getVolume(name).remove({ force: true });
}
