// One question to an API on the internet. What answers may be anybody: it is given a time and a size.

export interface Answer {
  readonly status: number;
  readonly text: string;
}

/** What a stranger sends: an answer's body, or a stream of Node. */
type Bytes = AsyncIterable<Uint8Array> | null;

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
  return { status, text: await wholeText(body, longest) };
}

/** A stream's text. @throws Error when it has more than `longest` bytes */
export async function wholeText(stream: Bytes, longest: number): Promise<string> {
  const bytes = await beginningOf(stream, longest);
  if (bytes.length > longest) throw new Error("The answer is too long.");
  return bytes.toString("utf8");
}

/** As much of a stream as may be read: the piece with which it grows beyond `longest` bytes is the last. */
export async function beginningOf(stream: Bytes, longest: number): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  let length = 0;
  for await (const piece of stream ?? []) {
    pieces.push(piece);
    length += piece.length;
    if (length > longest) break;
  }
  return Buffer.concat(pieces);
}
