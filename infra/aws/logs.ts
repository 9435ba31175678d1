// What an assistant on AWS has written, over all of its tasks, and what it writes.
import { setTimeout as sleep } from "node:timers/promises";
import { type LogLine, type LogsWanted, wholeLines } from "../assistant/log-lines.ts";
import { unlessPassing } from "./clients.ts";
import type { LogStreams } from "./log-streams.ts";

/** The log driver sends what it has every few seconds. */
const POLL_MS = 3_000;
/** How often a stream may have nothing new before the next task's is looked for. */
const QUIET_POLLS = 5;
/** How far back the last lines are looked for: a page is a megabyte at most. */
const MOST_TASKS = 10;
const MOST_PAGES = 32;

/** A place in a task's stream, behind what was read. */
interface Place {
  readonly stream: string;
  readonly token: string | undefined;
  /** A token is good for the very question that it came of. */
  readonly startTime: number | undefined;
}

/**
 * The last lines of the assistant's tasks, and what they write from now on if that is wanted: until the signal, as the
 * next task may come at any time. Undefined if no task of it has ever written.
 * @throws Error when CloudWatch does not answer
 */
export async function openEcsLogs(
  streams: LogStreams,
  deploymentId: string,
  wanted: LogsWanted,
  signal: AbortSignal,
  pollMs = POLL_MS,
): Promise<AsyncIterable<LogLine> | undefined> {
  const [latest, ...earlier] = await streams.list(deploymentId, signal);
  if (!latest) return undefined;
  const { messages, place } = await readBack(streams, [latest, ...earlier], wanted, signal);
  return (async function* () {
    for (const message of messages) yield* linesOf(message);
    if (wanted.follow) yield* follow(streams, deploymentId, place, signal, pollMs);
  })();
}

async function readBack(
  streams: LogStreams,
  names: readonly [string, ...string[]],
  { tail, since }: LogsWanted,
  signal: AbortSignal,
): Promise<{ messages: LogLine[]; place: Place }> {
  const messages: LogLine[] = [];
  const startTime = since?.getTime();
  let place: Place | undefined;
  let pages = 0;
  for (const stream of names.slice(0, MOST_TASKS)) {
    for (let nextToken: string | undefined; pages < MOST_PAGES; pages++) {
      const missing = tail - messages.length;
      const asked = { limit: Math.max(missing, 1), nextToken, startTime };
      const { lines, before, after } = await streams.read(stream, asked, signal);
      place ??= { stream, token: after, startTime };
      if (missing > 0) messages.unshift(...lines);
      if (messages.length >= tail) return { messages, place };
      if (before === nextToken) break;
      nextToken = before;
    }
  }
  return { messages, place: place ?? { stream: names[0], token: undefined, startTime } };
}

async function* follow(
  streams: LogStreams,
  deploymentId: string,
  from: Place,
  signal: AbortSignal,
  pollMs: number,
): AsyncGenerator<LogLine> {
  const { startTime } = from;
  let { stream, token } = from;
  for (let quiet = 0; ; ) {
    await sleep(pollMs, undefined, { signal });
    const asked = { startFromHead: true, nextToken: token, startTime };
    const page = await streams.read(stream, asked, signal).catch(unlessPassing);
    for (const line of page?.lines ?? []) yield* linesOf(line);
    if (page) token = page.after;
    quiet = page?.lines.length ? 0 : quiet + 1;
    if (quiet < QUIET_POLLS) continue;
    quiet = 0;
    const latestFirst = (await streams.list(deploymentId, signal).catch(unlessPassing)) ?? [];
    const next = latestFirst[latestFirst.indexOf(stream) - 1];
    if (next) [stream, token] = [next, undefined];
  }
}

/** A message may hold several lines. */
function* linesOf({ at, text: message }: LogLine): Generator<LogLine> {
  for (const text of wholeLines(message)) yield { at, text };
}
