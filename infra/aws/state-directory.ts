// Removes a deleted deployment's directory from the shared file system: a task of the foundation does it, the only one
// whose access point sees more than one deployment. AWS has no call for it.
import { ECSClient, RunTaskCommand } from "@aws-sdk/client-ecs";
import { isUuid } from "../args.ts";
import type { Foundation } from "./args.ts";
import { clientOptions } from "./clients.ts";
import { ERASER, ERASER_MOUNT } from "./names.ts";
import { stoppedReason } from "./stopped-reason.ts";
import { untilStopped } from "./tasks.ts";

const TIMEOUT_MS = 300_000;

/** @throws Error when the directory could not be removed; nothing else was touched. */
export async function eraseStateDirectory(
  { deploymentId, foundation }: { readonly deploymentId: string; readonly foundation: Foundation },
  pollMs = 2_000,
): Promise<void> {
  // It becomes part of a path that is removed.
  if (!isUuid(deploymentId)) throw new Error(`${deploymentId} is not the id of a deployment.`);
  const ecs = new ECSClient(clientOptions(foundation.region));
  const { clusterArn: cluster, subnetIds, eraserSecurityGroupId } = foundation;
  const { tasks = [], failures = [] } = await ecs.send(
    new RunTaskCommand({
      cluster,
      taskDefinition: foundation.eraserTaskFamily,
      launchType: "FARGATE",
      startedBy: "berth-eraser",
      networkConfiguration: {
        awsvpcConfiguration: {
          subnets: [...subnetIds],
          securityGroups: [eraserSecurityGroupId],
          assignPublicIp: "DISABLED",
        },
      },
      overrides: {
        containerOverrides: [{ name: ERASER, command: ["rm", "-rf", `${ERASER_MOUNT}/${deploymentId}`] }],
      },
    }),
  );
  const arn = tasks[0]?.taskArn;
  if (!arn) throw notErased(failures[0]?.reason ?? "ECS started no task");
  const signal = AbortSignal.timeout(TIMEOUT_MS);
  const task = await untilStopped(ecs, cluster, arn, { pollMs, signal }).catch((error: unknown) => {
    if (!signal.aborted) throw error;
    throw notErased(`the task that does it did not end within ${TIMEOUT_MS / 1000} s`);
  });
  const exitCode = task.containers?.find(({ name }) => name === ERASER)?.exitCode;
  if (exitCode !== 0) throw notErased(stoppedReason(task)?.sentence ?? task.stoppedReason ?? "no exit code");
}

function notErased(why: string): Error {
  return new Error(`The assistant's state directory was not removed: ${why}. Delete again to try again.`);
}
