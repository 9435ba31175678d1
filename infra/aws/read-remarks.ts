// What the container that writes an assistant's settings has remarked: it stands in the log of the task.
import { remarkLine, remarksIn } from "../assistant/remarks.mjs";
import { LogStreams } from "./log-streams.ts";
import { SETTINGS_WRITER } from "./task-definition.ts";

/** The writer has ended long before its assistant is ready. */
const TIMEOUT_MS = 10_000;
const LINES = 20;

export interface WithLogs {
  readonly region: string;
  readonly deploymentId: string;
  readonly logGroupName: string;
}

/** @returns lines as the stack's programs print them @throws Error when CloudWatch does not answer */
export async function readRemarks(asked: WithLogs, taskArn: string): Promise<string[]> {
  const task = taskArn.slice(taskArn.lastIndexOf("/") + 1);
  const wanted = { limit: LINES, container: SETTINGS_WRITER };
  const signal = AbortSignal.timeout(TIMEOUT_MS);
  const lines = await new LogStreams(asked).lastLines(asked.deploymentId, task, wanted, signal);
  return remarksIn(lines.join("\n")).map(remarkLine);
}
