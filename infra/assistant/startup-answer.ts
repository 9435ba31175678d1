// What an assistant answers to GET /startupz: only the JSON body counts, an image may answer any path with 200.

export interface StartupAnswer {
  /** `started`, another word of one line, or that there was no answer. */
  readonly says: string;
  /** Whether it is one that an assistant could give; silence may be. */
  readonly isFit: boolean;
}

export const SILENCE: StartupAnswer = { says: "no answer", isFit: true };

/** @param text of the body, or its beginning if that is too long */
export function readStartupAnswer(status: number, text: string): StartupAnswer {
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
