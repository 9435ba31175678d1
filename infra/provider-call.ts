// A call of a model provider's API, by whoever asks what it knows of a model.

const TIMEOUT_MS = 5_000;
/** OpenRouter's list of all models has about 1 MB. */
const LONGEST_ANSWER = 8 * 1024 * 1024;

export interface Answer {
  readonly status: number;
  readonly text: string;
}

/** @throws Error when there is no whole answer in time, or it would lead elsewhere. */
export async function get(url: string, headers: Record<string, string>): Promise<Answer> {
  const { status, body } = await fetch(url, {
    headers: { ...headers, Accept: "application/json" },
    redirect: "error",
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });
  const pieces: Uint8Array[] = [];
  let length = 0;
  for await (const piece of body ?? []) {
    pieces.push(piece);
    length += piece.length;
    if (length > LONGEST_ANSWER) throw new Error("The answer is too long.");
  }
  return { status, text: Buffer.concat(pieces).toString("utf8") };
}

/** The JSON of an answer. @throws Error as get, and unless it is one with 200 */
export async function listed(url: string, headers: Record<string, string>): Promise<unknown> {
  const { status, text } = await get(url, headers);
  if (status !== 200) throw new Error(`Not a list, but ${status}.`);
  return JSON.parse(text);
}

export function bearer(key: string): Record<string, string> {
  return { Authorization: `Bearer ${key}` };
}
