// The tasks that a service has and, for about an hour, those that it had.
import { setTimeout as sleep } from "node:timers/promises";
import {
  DescribeTasksCommand,
  type DesiredStatus,
  type ECSClient,
  type ListTasksCommandInput,
  paginateListTasks,
  type Task,
} from "@aws-sdk/client-ecs";
import { unlessPassing } from "./clients.ts";

export interface ServiceOfCluster {
  readonly cluster: string;
  readonly service: string;
}

/** As many as ECS describes at once. */
const DESCRIBED_AT_ONCE = 100;

export async function listTasks(
  ecs: ECSClient,
  { cluster, service: serviceName }: ServiceOfCluster,
  desiredStatus: DesiredStatus,
): Promise<Task[]> {
  return describe(ecs, cluster, await listArns(ecs, { cluster, serviceName, desiredStatus }));
}

/** The tasks of a family that have not ended, those included that are being stopped. */
export async function listUnended(ecs: ECSClient, cluster: string, family: string): Promise<string[]> {
  const arns: string[] = [];
  for (const desiredStatus of ["RUNNING", "STOPPED"] as const)
    arns.push(...(await listArns(ecs, { cluster, family, desiredStatus })));
  const tasks = await describe(ecs, cluster, arns);
  return tasks.filter(({ lastStatus }) => lastStatus !== "STOPPED").flatMap(({ taskArn }) => taskArn ?? []);
}

async function listArns(ecs: ECSClient, asked: ListTasksCommandInput): Promise<string[]> {
  const arns: string[] = [];
  for await (const { taskArns = [] } of paginateListTasks({ client: ecs }, asked)) arns.push(...taskArns);
  return arns;
}

async function describe(ecs: ECSClient, cluster: string, arns: readonly string[]): Promise<Task[]> {
  const found: Task[] = [];
  for (let at = 0; at < arns.length; at += DESCRIBED_AT_ONCE) {
    const asked = new DescribeTasksCommand({ cluster, tasks: arns.slice(at, at + DESCRIBED_AT_ONCE) });
    const { tasks = [] } = await ecs.send(asked);
    found.push(...tasks);
  }
  return found;
}

/**
 * A task once it has ended. The SDK's own waiter would take a refusal for "not yet", until its time is over. An ECS that is
 * away for a while is waited for.
 * @throws Error of the signal, or of ECS
 */
export async function untilStopped(
  ecs: ECSClient,
  cluster: string,
  arn: string,
  { pollMs, signal }: { readonly pollMs: number; readonly signal: AbortSignal },
): Promise<Task> {
  for (;;) {
    signal.throwIfAborted();
    const asked = new DescribeTasksCommand({ cluster, tasks: [arn] });
    const answer = await ecs.send(asked, { abortSignal: signal }).catch(unlessPassing);
    const [task] = answer?.tasks ?? [];
    if (task?.lastStatus === "STOPPED") return task;
    await sleep(pollMs, undefined, { signal });
  }
}
