// Whether an assistant has started, by its own word.
import { askStartup, type StartupAnswer } from "../assistant/startup-answer.ts";
import type { Cluster } from "./client.ts";
import { wayInside } from "./way-inside.ts";

const TIMEOUT_MS = 5_000;

/** What a deployment's assistant answers to GET /startupz. */
export function askStarted(cluster: Cluster, deploymentId: string): Promise<StartupAnswer> {
  const { endpoint, send } = wayInside(cluster, deploymentId);
  return askStartup(send, `${endpoint}/startupz`, TIMEOUT_MS);
}
