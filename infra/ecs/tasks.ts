// The tasks that a service has and, for about an hour, those that it had.
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
