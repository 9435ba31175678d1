// One question to an API on the internet. What answers may be anybody: it is given a time and a size.

export interface Answer {
  readonly status: number;
  readonly text: string;
}

export interface Asking {
  readonly headers?: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
  /** Bytes that an answer may have. */
  readonly longest: number;
}

/** @throws Error when there is no whole answer in time, or it would lead elsewhere; it may quote the URL. */
export async function getWhole(url: string, { headers, timeoutMs, longest }: Asking): Promise<Answer> {
  const { status, body } = await fetch(url, {
    headers: { ...headers, Accept: "application/json" },
    redirect: "error",
    signal: AbortSignal.timeout(timeoutMs),
  });
  const pieces: Uint8Array[] = [];
  let length = 0;
  for await (const piece of body ?? []) {
    pieces.push(piece);
    length += piece.length;
    if (length > longest) throw new Error("The answer is too long.");
  }
  return { status, text: Buffer.concat(pieces).toString("utf8") };
}

/** As much of an answer as may be read: the piece with which it grows beyond `longest` bytes is the last. */
export async function beginningOf({ body }: Response, longest: number): Promise<string> {
  const pieces: Uint8Array[] = [];
  let length = 0;
  for await (const piece of body ?? []) {
    pieces.push(piece);
    length += piece.length;
    if (length > longest) break;
  }
  return Buffer.concat(pieces).toString("utf8");
}
