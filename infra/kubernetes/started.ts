// Whether an assistant has started, by its own word. Only the JSON body counts: an image may answer any path with 200.
import { startupStatusIn } from "../assistant/startup-answer.ts";
import { askInside } from "./ask-inside.ts";
import type { Cluster } from "./client.ts";

export interface Said {
  /** `started`, another word of one line, or that there was no answer. */
  readonly says: string;
  /** Whether it is one that an assistant could give; silence may be. */
  readonly isFit: boolean;
}

/** What the assistant in that pod answers to GET /startupz. */
export async function askStarted(cluster: Cluster, pod: string): Promise<Said> {
  try {
    const { status, text } = await askInside(cluster, pod, "/startupz");
    const said = startupStatusIn(text);
    return {
      says: [...(status === 200 ? [] : [status]), said ?? "no JSON with a status"].join(" "),
      isFit: said !== undefined && (status === 200 || status === 503),
    };
  } catch {
    return { says: "no answer", isFit: true };
  }
}
