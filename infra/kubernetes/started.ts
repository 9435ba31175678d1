// Whether an assistant has started, by its own word. Only the JSON body counts: an image may answer any path with 200.
import { readStartupAnswer, SILENCE, type StartupAnswer } from "../assistant/startup-answer.ts";
import { beginningOf } from "../assistant/whole-answer.ts";
import type { Cluster } from "./client.ts";
import { wayInside } from "./way-inside.ts";

const TIMEOUT_MS = 5_000;
const LONGEST_ANSWER = 16 * 1024;

/** What a deployment's assistant answers to GET /startupz. */
export async function askStarted(cluster: Cluster, deploymentId: string): Promise<StartupAnswer> {
  try {
    const { endpoint, send } = wayInside(cluster, deploymentId);
    const signal = AbortSignal.timeout(TIMEOUT_MS);
    const { status, body } = await send(`${endpoint}/startupz`, { signal });
    return readStartupAnswer(status, String(await beginningOf(body, LONGEST_ANSWER)));
  } catch {
    return SILENCE;
  }
}
