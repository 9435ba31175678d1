// Doing something again and again, some at a time, or until it succeeds.
import { setTimeout as sleep } from "node:timers/promises";
import pMap from "p-map";

/**
 * Does some work now and then every so often, never twice at a time: a period that ends during the work is skipped.
 * The work handles its own errors: one that it throws ends the process.
 * @param work is given the signal of the end, for what takes long
 * @returns what ends it, at once or after the work under way
 */
export function regularly(
  everyMs: number,
  work: (signal: AbortSignal) => Promise<void>,
): () => Promise<void> {
  return untilStopped((signal) => repeat(everyMs, work, signal));
}

/** Starts work that goes on until its signal. The returned function gives the signal, and waits for the end. */
export function untilStopped(work: (signal: AbortSignal) => Promise<void>): () => Promise<void> {
  const stopping = new AbortController();
  const ended = work(stopping.signal);
  return () => {
    stopping.abort();
    return ended;
  };
}

async function repeat(
  everyMs: number,
  work: (signal: AbortSignal) => Promise<void>,
  signal: AbortSignal,
): Promise<void> {
  for (let next = performance.now(); !signal.aborted; ) {
    await work(signal);
    const missed = Math.ceil((performance.now() - next) / everyMs);
    next += everyMs * Math.max(1, missed);
    await sleep(next - performance.now(), undefined, { signal }).catch(() => {});
  }
}

/** Does the same for each of many, `count` at a time. @returns the results in the same order */
export function someAtOnce<Item, Result>(
  items: readonly Item[],
  count: number,
  act: (item: Item) => Promise<Result>,
): Promise<Result[]> {
  return pMap(items, act, { concurrency: count });
}

const AGAIN_AFTER_MS = 500;

/** A database that is away for a moment is waited for: what is to be written down has happened. */
export async function untilWritten<T>(write: () => Promise<T>, withinMs: number): Promise<T> {
  for (const deadline = performance.now() + withinMs; ; await sleep(AGAIN_AFTER_MS)) {
    try {
      return await write();
    } catch (error) {
      if (performance.now() > deadline) throw error;
    }
  }
}
