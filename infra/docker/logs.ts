// What an assistant's container has written, line by line as it comes. Lines may hold secrets.
import { resourceName } from "../args.ts";
import { Line, type LogLine, type LogsWanted } from "../assistant/log-lines.ts";
import { callEngine } from "./client.ts";
import { type Frame, takeFrames } from "./log-frames.ts";

const GIVE_UP_AFTER_MS = 10_000;
const NEWLINE = 0x0a;

/**
 * The log of a deployment's container, until the signal or the container's end; undefined if there is no container.
 * @throws Error when the engine does not answer
 */
export async function openLogs(
  deploymentId: string,
  { tail, since, follow }: LogsWanted,
  signal: AbortSignal,
): Promise<AsyncIterable<LogLine> | undefined> {
  const options = {
    stdout: true,
    stderr: true,
    timestamps: true,
    tail,
    follow,
    ...(since && { since: Math.floor(since.getTime() / 1000) }),
  };
  const path = `/containers/${resourceName(deploymentId)}/logs?`;
  const opening = new AbortController();
  const timer = setTimeout(() => opening.abort(), GIVE_UP_AFTER_MS);
  const abortSignal = AbortSignal.any([signal, opening.signal]);
  try {
    const asked = { method: "GET", path, options, isStream: true, abortSignal };
    return linesOf(await callEngine<NodeJS.ReadableStream>(asked));
  } catch (error) {
    if ((error as { readonly statusCode?: number }).statusCode === 404) return undefined;
    throw error;
  } finally {
    clearTimeout(timer);
  }
}

/** Each line without its end, and without control characters. Standard output and errors come as they were written. */
export async function* linesOf(stream: AsyncIterable<Buffer | string>): AsyncGenerator<LogLine> {
  const outputs = new Map<number, Output>();
  for await (const { output, bytes } of framesOf(stream)) {
    const found = outputs.get(output) ?? new Output();
    outputs.set(output, found);
    yield* found.add(bytes);
  }
  for (const output of outputs.values()) yield* output.end();
}

/** What the engine has kept as one piece begins with its moment and a space: `2026-01-02T03:04:05.678901234Z `. */
const MOMENT = /^(\d{4}-\d\d-\d\dT[\d:.]{8,18}Z) /;
const LONGEST_MOMENT = 31;

/** Standard output, or errors. A long line comes in several pieces, each with a moment: the first one is the line's. */
class Output {
  readonly #line = new Line();
  #beganAt: string | null = null;

  *add(piece: Buffer): Generator<LogLine> {
    const [stamp = "", at = null] = MOMENT.exec(piece.toString("latin1", 0, LONGEST_MOMENT)) ?? [];
    const bytes = piece.subarray(stamp.length);
    this.#beganAt ??= at;
    for (const text of this.#line.add(bytes)) {
      yield { at: this.#beganAt, text };
      this.#beganAt = at;
    }
    if (bytes.at(-1) === NEWLINE) this.#beganAt = null;
  }

  *end(): Generator<LogLine> {
    for (const text of this.#line.end()) yield { at: this.#beganAt, text };
  }
}

async function* framesOf(stream: AsyncIterable<Buffer | string>): AsyncGenerator<Frame> {
  let left: Buffer = Buffer.alloc(0);
  for await (const piece of stream) {
    const { frames, rest } = takeFrames(Buffer.concat([left, Buffer.from(piece)]));
    yield* frames;
    left = rest;
  }
}
