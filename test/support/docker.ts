// What Docker itself says of a deployment, asked past Berth and Pulumi.
import { execFileSync } from "node:child_process";
import Docker from "dockerode";
import { resourceName } from "../../infra/args.ts";
import { DEPLOYMENT_LABEL, isDataVolume } from "../../infra/docker/names.ts";

export const docker = new Docker();

/** Names of everything that carries the deployment's label. */
export async function labelled(
  deploymentId: string,
): Promise<{ containers: string[]; networks: string[]; volumes: string[] }> {
  const filters = { label: [`${DEPLOYMENT_LABEL}=${deploymentId}`] };
  const [containers, networks, volumes] = await Promise.all([
    docker.listContainers({ all: true, filters }),
    docker.listNetworks({ filters }),
    docker.listVolumes({ filters }),
  ]);
  return {
    containers: containers.flatMap(({ Names }) => Names),
    networks: networks.map(({ Name }) => Name),
    volumes: volumes.Volumes.map(({ Name }) => Name).toSorted(),
  };
}

/** Name of the one volume with a deployment's data: after a restore it is another one. */
export async function dataVolume(deploymentId: string): Promise<string> {
  const { volumes } = await labelled(deploymentId);
  const [found, ...others] = volumes.filter((name) => isDataVolume(deploymentId, name));
  if (others.length > 0) throw new Error(`There is more than one volume: ${volumes.join(", ")}`);
  return found ?? resourceName(deploymentId);
}

/** As labelled, of one that is active. @param data the volume with its data */
export function whileActive(
  deploymentId: string,
  data = resourceName(deploymentId),
): Awaited<ReturnType<typeof labelled>> {
  const name = resourceName(deploymentId);
  return { containers: [`/${name}`], networks: [name], volumes: [data, `${name}-handed`].toSorted() };
}

export const NOTHING = { containers: [], networks: [], volumes: [] };

/** Removes whatever still carries the deployment's label. */
export async function removeLabelled(deploymentId: string): Promise<void> {
  const { containers, networks, volumes } = await labelled(deploymentId);
  for (const name of containers) await docker.getContainer(name.slice(1)).remove({ force: true });
  for (const name of networks) await docker.getNetwork(name).remove();
  for (const name of volumes) await docker.getVolume(name).remove({ force: true });
}

/** Output of a command run inside a deployment's container. */
export function inside(deploymentId: string, ...command: string[]): string {
  return execFileSync("docker", ["exec", `berth-${deploymentId}`, ...command], { encoding: "utf8" });
}

/** Kills every process of a deployment's container but its init, which ends with them; detached, for the command dies with it. */
export function crash(deploymentId: string): void {
  execFileSync("docker", ["exec", "--detach", `berth-${deploymentId}`, "sh", "-c", "kill -9 -1"]);
}
