// Containers that somebody has connected to an assistant's network by hand: the engine would not remove it with them.
import Docker from "dockerode";
import { unless, unlessGone } from "./client.ts";
import { containersOf } from "./engine.ts";
import { DEPLOYMENT_LABEL } from "./names.ts";

/** Disconnects them; they run on. @returns how many there were @throws Error of the engine */
export async function detachOthers(deploymentId: string): Promise<number> {
  const docker = new Docker();
  const [networks, own] = await Promise.all([
    docker.listNetworks({ filters: { label: [`${DEPLOYMENT_LABEL}=${deploymentId}`] } }),
    containersOf(docker, deploymentId),
  ]);
  const ownIds = new Set(own.map(({ Id }) => Id));
  let count = 0;
  for (const { Id } of networks) {
    const found = await docker.getNetwork(Id).inspect().catch(unlessGone);
    const others = Object.keys(found?.Containers ?? {}).filter((id) => !ownIds.has(id));
    for (const Container of others)
      await docker.getNetwork(Id).disconnect({ Container, Force: true }).catch(unless(403, 404));
    count += others.length;
  }
  return count;
}
