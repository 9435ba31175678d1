// What Pulumi does not see of a container that it leaves as it is, and an operator may have changed: put right while it runs.
import type Docker from "dockerode";
import { resourceName } from "../args.ts";
import { unless } from "./client.ts";
import { limitProcesses, MOST_PROCESSES } from "./limit-processes.ts";

/**
 * Takes a deployment's container off networks that are not its own, and limits its processes again.
 * @returns whether something was to be put right
 * @throws Error of the engine
 */
export async function putRight(docker: Docker, container: string, deploymentId: string): Promise<boolean> {
  const { HostConfig, NetworkSettings } = await docker.getContainer(container).inspect();
  const others = Object.entries(NetworkSettings.Networks).filter(
    ([name]) => name !== resourceName(deploymentId),
  );
  for (const [name, { NetworkID }] of others)
    await docker
      .getNetwork(NetworkID || name)
      .disconnect({ Container: container, Force: true })
      .catch(unless(404));
  if (HostConfig.PidsLimit === MOST_PROCESSES) return others.length > 0;
  // A runtime may refuse it, as it did when the container was made.
  const isLimited = await limitProcesses(container).then(
    () => true,
    () => false,
  );
  return others.length > 0 || isLimited;
}
