// The tasks that a service has and, for about an hour, those that it had.
import { setTimeout as sleep } from "node:timers/promises";
import {
  DescribeTasksCommand,
  type DesiredStatus,
  type ECSClient,
  ListTasksCommand,
  type Task,
} from "@aws-sdk/client-ecs";

export interface ServiceOfCluster {
  readonly cluster: string;
  readonly service: string;
}

/** At most a hundred of them: as many as ECS lists at once. */
export async function listTasks(
  ecs: ECSClient,
  { cluster, service: serviceName }: ServiceOfCluster,
  desiredStatus: DesiredStatus,
): Promise<Task[]> {
  const { taskArns = [] } = await ecs.send(new ListTasksCommand({ cluster, serviceName, desiredStatus }));
  if (taskArns.length === 0) return [];
  const { tasks = [] } = await ecs.send(new DescribeTasksCommand({ cluster, tasks: taskArns }));
  return tasks;
}

/** The tasks of a family that have not ended, those included that are being stopped. */
export async function listUnended(ecs: ECSClient, cluster: string, family: string): Promise<string[]> {
  const arns: string[] = [];
  for (const desiredStatus of ["RUNNING", "STOPPED"] as const) {
    const { taskArns = [] } = await ecs.send(new ListTasksCommand({ cluster, family, desiredStatus }));
    arns.push(...taskArns);
  }
  if (arns.length === 0) return [];
  const { tasks = [] } = await ecs.send(new DescribeTasksCommand({ cluster, tasks: arns }));
  return tasks.filter(({ lastStatus }) => lastStatus !== "STOPPED").flatMap(({ taskArn }) => taskArn ?? []);
}

/** A task once it has ended. @throws Error of the signal */
export async function untilStopped(
  ecs: ECSClient,
  cluster: string,
  arn: string,
  { pollMs, signal }: { readonly pollMs: number; readonly signal: AbortSignal },
): Promise<Task> {
  for (;;) {
    signal.throwIfAborted();
    const asked = new DescribeTasksCommand({ cluster, tasks: [arn] });
    const { tasks = [] } = await ecs.send(asked, { abortSignal: signal });
    if (tasks[0]?.lastStatus === "STOPPED") return tasks[0];
    await sleep(pollMs, undefined, { signal });
  }
}
