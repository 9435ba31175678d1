// Whether an assistant has started, by its own word. Only the JSON body counts: an image may answer any path with 200.
import { startupStatusIn } from "../assistant/startup-answer.ts";
import { wholeText } from "../assistant/whole-answer.ts";
import type { Cluster } from "./client.ts";
import { wayInside } from "./way-inside.ts";

const TIMEOUT_MS = 5_000;
const LONGEST_ANSWER = 16 * 1024;

export interface Said {
  /** `started`, another word of one line, or that there was no answer. */
  readonly says: string;
  /** Whether it is one that an assistant could give; silence may be. */
  readonly isFit: boolean;
}

/** What a deployment's assistant answers to GET /startupz. */
export async function askStarted(cluster: Cluster, deploymentId: string): Promise<Said> {
  try {
    const { endpoint, send } = wayInside(cluster, deploymentId);
    const signal = AbortSignal.timeout(TIMEOUT_MS);
    const { status, body } = await send(`${endpoint}/startupz`, { signal });
    const said = startupStatusIn(await wholeText(body, LONGEST_ANSWER));
    return {
      says: [...(status === 200 ? [] : [status]), said ?? "no JSON with a status"].join(" "),
      isFit: said !== undefined && (status === 200 || status === 503),
    };
  } catch {
    return { says: "no answer", isFit: true };
  }
}
