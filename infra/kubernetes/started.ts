// Whether an assistant has started, by its own word. Only the JSON body counts: an image may answer any path with 200.
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
    const said = statusIn(text);
    return {
      says: [...(status === 200 ? [] : [status]), said ?? "no JSON with a status"].join(" "),
      isFit: said !== undefined && (status === 200 || status === 503),
    };
  } catch {
    return { says: "no answer", isFit: true };
  }
}

function statusIn(text: string): string | undefined {
  try {
    const { status } = JSON.parse(text);
    if (typeof status !== "string") return undefined;
    // Anything longer would be the assistant's own words in a sentence of Berth's.
    return /^[a-z]{1,20}$/.test(status) ? status : "another status";
  } catch {
    return undefined;
  }
}
