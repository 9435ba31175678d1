// What was asked for against what ECS was seen to have. Pure: who looks, when, is watch.ts.
import type { ObservedService, TaskEnd } from "../../../infra/aws/observe.ts";
import { counted } from "../../../infra/sentences.ts";
import type { Difference } from "../../database/deployment-table.ts";
import type { Deployment } from "../../deployments/deployments.ts";
import { recordedOutputs } from "../../deployments/outputs.ts";

type Recorded = Pick<Deployment, "status" | "outputs">;

/** A task takes minutes to start, so fewer ends than on Docker are too many, and over a longer time. */
const ENDS = 3;
export const ENDS_WITHIN_MS = 30 * 60_000;

/** Whether these ends, all within the time above, are those of an assistant that can't stay up. */
export function isCrashLoop(ends: readonly TaskEnd[]): boolean {
  return ends.length >= ENDS;
}

/**
 * How a deployment's service differs from the record; undefined if it doesn't, or no operation has ended well.
 * @param lastEnd how its last task has ended, if that was looked at
 */
export function serviceDifference(
  recorded: Recorded,
  service: ObservedService | undefined,
  lastEnd?: TaskEnd,
): Difference | undefined {
  const outputs = recordedOutputs(recorded.outputs);
  if (!outputs || outputs.status !== recorded.status) return undefined;
  if (!service) return { state: "missing", detail: "AWS does not have its service any more." };
  const { desiredCount, runningCount, pendingCount } = service;
  const tasks = runningCount + pendingCount;
  if (outputs.status === "stopped") {
    if (desiredCount + tasks === 0) return undefined;
    return { state: "unexpected", detail: `It is stopped, but its service has ${counted(tasks, "task")}.` };
  }
  if (runningCount > 1) return { state: "unexpected", detail: `Its service runs ${runningCount} tasks.` };
  if (runningCount === 0) return notRunning(service, lastEnd);
  return changeOf(service, outputs);
}

function notRunning(
  { desiredCount, pendingCount }: ObservedService,
  lastEnd: TaskEnd | undefined,
): Difference {
  const how = lastEnd ? ` The last one has ended: ${lastEnd.sentence}` : "";
  if (pendingCount > 0) return { state: "restarting", detail: `A task of it is being started.${how}` };
  if (desiredCount === 0) return { state: "ended", detail: "Its service was asked to run no task." };
  return { state: "ended", detail: `No task of it runs.${how}` };
}

function changeOf(
  { desiredCount, taskDefinition, securityGroups }: ObservedService,
  asked: { readonly taskDefinition?: string | undefined; readonly network: string },
): Difference | undefined {
  const groups = securityGroups.join(", ");
  const details = [
    ...(desiredCount === 1 ? [] : [`Its service was asked to run ${counted(desiredCount, "task")}.`]),
    // Records from before it was kept don't know what was asked for.
    ...(!asked.taskDefinition || taskDefinition === asked.taskDefinition
      ? []
      : [`Its service runs ${taskDefinition}, where ${asked.taskDefinition} was asked for.`]),
    ...(groups === asked.network ? [] : [`Its service is in other security groups: ${groups || "none"}.`]),
  ];
  return details.length > 0 ? { state: "changed", detail: details.join(" ") } : undefined;
}
