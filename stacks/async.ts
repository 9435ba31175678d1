// Doing something again and again, some at a time, or until it succeeds.
import { setTimeout as sleep } from "node:timers/promises";

/** Does some work now and then every so often, never twice at a time. The returned function stops that. */
export function regularly(everyMs: number, work: () => Promise<void>): () => Promise<void> {
  let latest = work();
  const timer = setInterval(() => {
    latest = latest.then(work);
  }, everyMs);
  return () => {
    clearInterval(timer);
    return latest;
  };
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

/** Does the same for each of many, `count` at a time; each such group is awaited. @returns the results in the same order */
export async function someAtOnce<Item, Result>(
  items: readonly Item[],
  count: number,
  act: (item: Item) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = [];
  for (let at = 0; at < items.length; at += count)
    results.push(...(await Promise.all(items.slice(at, at + count).map(act))));
  return results;
}

const AGAIN_AFTER_MS = 500;

/** A database that is away for a moment is waited for: what is to be written down has happened. */
export async function untilWritten<T>(write: () => Promise<T>, withinMs: number): Promise<T> {
  for (const deadline = Date.now() + withinMs; ; await sleep(AGAIN_AFTER_MS)) {
    try {
      return await write();
    } catch (error) {
      if (Date.now() > deadline) throw error;
    }
  }
}
