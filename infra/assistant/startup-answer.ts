// What an assistant answers to GET /startupz: only the JSON body counts, an image may answer any path with 200.
import type { Send } from "./http-request.ts";
import { beginningOf } from "./whole-answer.ts";

/** OpenClaw's is shorter by far; what a stranger's image sends must not fill the memory of who asks. */
const LONGEST_ANSWER = 16 * 1024;
/** An image that keeps answering something else for so long is no slow assistant: it is no assistant. */
export const UNFIT_AFTER_MS = 30_000;

export interface StartupAnswer {
  /** `started`, another word of one line, or that there was no answer. */
  readonly says: string;
  /** Whether it is one that an assistant could give; silence may be. */
  readonly isFit: boolean;
}

/** Asks it once. @param url of its `/startupz` */
export async function askStartup(send: Send, url: string, timeoutMs: number): Promise<StartupAnswer> {
  try {
    const { status, body } = await send(url, { signal: AbortSignal.timeout(timeoutMs) });
    return answerIn(status, String(await beginningOf(body, LONGEST_ANSWER)));
  } catch {
    return { says: "no answer", isFit: true };
  }
}

/** Why an image is given up that has answered so until then. */
export function unfitSentence({ says }: StartupAnswer): string {
  return `The image answers, but not as an assistant must: GET /startupz gave ${says}.`;
}

function answerIn(status: number, text: string): StartupAnswer {
  const said = startupStatusIn(text);
  const isOk = status >= 200 && status < 300;
  return {
    says: [...(isOk ? [] : [status]), said ?? "no JSON with a status"].join(" "),
    isFit: said !== undefined && (isOk || status === 503),
  };
}

/** Its own word for how far it is; undefined if the answer is no JSON that has one. */
function startupStatusIn(text: string): string | undefined {
  try {
    const { status } = JSON.parse(text);
    if (typeof status !== "string") return undefined;
    // Anything longer would be the assistant's own words in a sentence of Berth's.
    return /^[a-z]{1,20}$/.test(status) ? status : "another status";
  } catch {
    return undefined;
  }
}
