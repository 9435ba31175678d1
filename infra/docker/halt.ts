// Stands an assistant still for a while and starts it again, past Pulumi: its container stays the same.
import Docker from "dockerode";
import { resourceName } from "../args.ts";
import { STOP_TIMEOUT_SECONDS } from "../assistant/image-contract.ts";
import { unless, unlessAsWanted } from "./client.ts";
import { DEPLOYMENT_LABEL } from "./names.ts";

/**
 * Stops a deployment's container in good order.
 * @returns whether it was running; false, too, if there is none
 * @throws Error when it runs on, as one that is paused does
 */
export async function haltAssistant(deploymentId: string): Promise<boolean> {
  const container = await containerOf(deploymentId);
  if (!container) return false;
  const { Running, Paused } = (await container.inspect()).State;
  if (Paused)
    throw new Error("The assistant's container is paused. Redeploy it, or have it unpaused, first.");
  // One that ends again and again counts as running: the engine would start it in the middle.
  await container.stop({ t: STOP_TIMEOUT_SECONDS }).catch(unlessAsWanted);
  return Running;
}

/**
 * Stops a container, by its id; nothing is done if it does not run, or is gone.
 * @throws Error when it runs on
 */
export async function stopContainer(id: string): Promise<void> {
  await new Docker().getContainer(id).stop({ t: STOP_TIMEOUT_SECONDS }).catch(unless(304, 404));
}

/** Starts a deployment's container; nothing is done if it runs, or there is none. */
export async function startAssistant(deploymentId: string): Promise<void> {
  const container = await containerOf(deploymentId);
  await container?.start().catch(unlessAsWanted);
}

async function containerOf(deploymentId: string): Promise<Docker.Container | undefined> {
  const docker = new Docker();
  const filters = {
    label: [`${DEPLOYMENT_LABEL}=${deploymentId}`],
    name: [`^/${resourceName(deploymentId)}$`],
  };
  const [found] = await docker.listContainers({ all: true, filters });
  return found && docker.getContainer(found.Id);
}
