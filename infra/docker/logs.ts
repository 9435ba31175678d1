// What an assistant's container has written, line by line as it comes. Lines may hold secrets.
import { resourceName } from "../args.ts";
import { Line } from "../assistant/log-lines.ts";
import type { LogsWanted } from "../target.ts";
import { callEngine } from "./client.ts";
import { type Frame, takeFrames } from "./log-frames.ts";

const GIVE_UP_AFTER_MS = 10_000;

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

async function* framesOf(stream: AsyncIterable<Buffer | string>): AsyncGenerator<Frame> {
  let left: Buffer = Buffer.alloc(0);
  for await (const piece of stream) {
    const { frames, rest } = takeFrames(Buffer.concat([left, Buffer.from(piece)]));
    yield* frames;
    left = rest;
  }
}
