// Ends what a process has left that died while a state was carried: its task would go on writing.
import { setTimeout as sleep } from "node:timers/promises";
import {
  DeregisterTaskDefinitionCommand,
  ECSClient,
  paginateListTaskDefinitions,
  StopTaskCommand,
} from "@aws-sdk/client-ecs";
import type { Foundation } from "../args.ts";
import { clientOptions } from "../clients.ts";
import { transferFamily } from "../names.ts";
import { listUnended } from "../tasks.ts";
import { deleteTransferSecret } from "./secret.ts";
import { TransferStore } from "./store.ts";

const TIMEOUT_MS = 120_000;

/** Afterwards none of a deployment's transfers runs, and no address is handed out any more. @throws Error when a task runs on */
export async function endTransfers(
  foundation: Foundation,
  deploymentId: string,
  pollMs = 2_000,
): Promise<void> {
  const { region, clusterArn: cluster, transfer } = foundation;
  if (!transfer) return;
  const ecs = new ECSClient(clientOptions(region));
  const family = transferFamily(deploymentId);
  const unended = () => listUnended(ecs, cluster, family);
  const deadline = performance.now() + TIMEOUT_MS;
  for (let arns = await unended(); arns.length > 0; arns = await unended()) {
    if (performance.now() > deadline) throw new Error(`The task ${arns[0]} does not end.`);
    for (const task of arns) await ecs.send(new StopTaskCommand({ cluster, task }));
    await sleep(pollMs);
  }
  await deleteTransferSecret(foundation, deploymentId);
}

/** Removes the rest of them once they have ended. */
export async function forgetTransfers(foundation: Foundation, deploymentId: string): Promise<void> {
  const { region, transfer } = foundation;
  if (!transfer) return;
  await new TransferStore(foundation, transfer.bucket, deploymentId).clear();
  const ecs = new ECSClient(clientOptions(region));
  for (const taskDefinition of await listDefinitions(ecs, transferFamily(deploymentId)))
    await ecs.send(new DeregisterTaskDefinitionCommand({ taskDefinition }));
}

/** All of a family's task definitions: each of its transfers has left one. */
export async function listDefinitions(ecs: ECSClient, familyPrefix: string): Promise<string[]> {
  const arns: string[] = [];
  for await (const { taskDefinitionArns = [] } of paginateListTaskDefinitions(
    { client: ecs },
    { familyPrefix },
  ))
    arns.push(...taskDefinitionArns);
  return arns;
}
