// What an assistant's container has written, line by line as it comes. Lines may hold secrets.
import { StringDecoder } from "node:string_decoder";
import { resourceName } from "../args.ts";
import { callEngine } from "./engine-call.ts";
import { type Frame, takeFrames } from "./log-frames.ts";

/** Beyond it a line is cut. */
const LONGEST_LINE = 64 * 1024;
/** No secret is longer, percent-encoded: of a line that is cut so much is taken off its end, as it may be a part of one. */
const CUT_OFF = 2_048;
const CUT_MARK = " … (cut)";

const GIVE_UP_AFTER_MS = 10_000;

export interface LogsWanted {
  /** How many lines of what was written before. */
  readonly tail: number;
  readonly since?: Date | undefined;
  /** Goes on with what is written from now on, until the container ends. */
  readonly follow: boolean;
}

/**
 * The log of a deployment's container, until the signal or the container's end; undefined if there is no container.
 * @throws Error when the engine does not answer
 */
export async function openLogs(
  deploymentId: string,
  { tail, since, follow }: LogsWanted,
  signal: AbortSignal,
): Promise<AsyncIterable<string> | undefined> {
  const options = {
    stdout: true,
    stderr: true,
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
export async function* linesOf(stream: AsyncIterable<Buffer | string>): AsyncGenerator<string> {
  const outputs = new Map<number, Line>();
  for await (const { output, bytes } of framesOf(stream)) {
    const line = outputs.get(output) ?? new Line();
    outputs.set(output, line);
    yield* line.add(bytes);
  }
  for (const line of outputs.values()) yield* line.end();
}

/** The lines of a text that is whole, as `linesOf` gives them. */
export function* wholeLines(text: string): Generator<string> {
  const line = new Line();
  yield* line.add(Buffer.from(text));
  yield* line.end();
}

async function* framesOf(stream: AsyncIterable<Buffer | string>): AsyncGenerator<Frame> {
  let left: Buffer = Buffer.alloc(0);
  for await (const piece of stream) {
    const { frames, rest } = takeFrames(Buffer.concat([left, Buffer.from(piece)]));
    yield* frames;
    left = rest;
  }
}

/** One output's line that has not ended yet. */
class Line {
  readonly #decoder = new StringDecoder("utf8");
  #text = "";
  #isCut = false;

  *add(bytes: Buffer): Generator<string> {
    const [first = "", ...others] = this.#decoder.write(bytes).split("\n");
    this.#append(first);
    for (const other of others) {
      yield this.#take();
      this.#append(other);
    }
  }

  *end(): Generator<string> {
    this.#append(this.#decoder.end());
    if (this.#text) yield this.#take();
  }

  #append(text: string): void {
    if (!this.#isCut) this.#text += text.replaceAll(/[^\P{Cc}\t]/gu, "");
    if (this.#text.length <= LONGEST_LINE || this.#isCut) return;
    this.#isCut = true;
    this.#text = this.#text.slice(0, LONGEST_LINE);
  }

  #take(): string {
    const line = this.#isCut ? this.#text.slice(0, -CUT_OFF) + CUT_MARK : this.#text;
    this.#text = "";
    this.#isCut = false;
    return line;
  }
}
