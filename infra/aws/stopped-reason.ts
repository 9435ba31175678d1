// Why ECS has stopped a task, in words for the customer, from what ECS says of it.
// https://docs.aws.amazon.com/AmazonECS/latest/developerguide/stopped-task-error-codes.html
import type { Task } from "@aws-sdk/client-ecs";

export interface StoppedReason {
  readonly sentence: string;
  /** Trying again brings the same: there is no use in waiting for the next task. */
  readonly isFinal: boolean;
}

const KNOWN: readonly { readonly pattern: RegExp; readonly sentence: string; readonly isFinal: boolean }[] = [
  {
    pattern:
      /CannotPull(Container|ImageManifest)Error.*(not found|denied|forbidden|unauthorized|unknown|invalid)/is,
    sentence: "no such image, or no access to it",
    isFinal: true,
  },
  { pattern: /CannotPull\w*Error/i, sentence: "its image could not be pulled", isFinal: false },
  {
    pattern: /ResourceInitializationError.*(secret|AccessDenied|not authorized)/is,
    sentence: "ECS could not read its secrets",
    isFinal: true,
  },
  {
    pattern: /ResourceInitializationError/i,
    sentence: "ECS could not set its task up",
    isFinal: false,
  },
  { pattern: /OutOfMemory/i, sentence: "it ran out of memory", isFinal: false },
  {
    pattern: /failed (container|ELB)?\s?health checks/i,
    sentence: "it did not say that it was healthy",
    isFinal: false,
  },
  { pattern: /capacity is unavailable/i, sentence: "Fargate had no room for it", isFinal: false },
];
const EXIT_OF_KILL = 137;

/** What a stopped task says of its end; undefined for one that was stopped on request. */
export function stoppedReason(task: Task): StoppedReason | undefined {
  const containers = task.containers ?? [];
  const texts = [task.stoppedReason, ...containers.map(({ reason }) => reason)];
  const said = texts.filter(Boolean).join(" ");
  const known = KNOWN.find(({ pattern }) => pattern.test(said));
  if (known) return { sentence: `${known.sentence}: ${said}`, isFinal: known.isFinal };
  if (task.stopCode === "ServiceSchedulerInitiated" || task.stopCode === "UserInitiated") return undefined;
  const ended = containers.find(({ exitCode }) => exitCode !== undefined && exitCode !== 0);
  const code = ended ? `exit code ${ended.exitCode} of container ${ended.name}` : "no exit code";
  const killed = ended?.exitCode === EXIT_OF_KILL ? ", which is what running out of memory looks like" : "";
  return { sentence: `${code}${killed}: ${said || "ECS gives no reason"}`, isFinal: false };
}
