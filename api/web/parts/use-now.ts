import { useSyncExternalStore } from "react";
import { berthNow } from "../api/clock.ts";

const EVERY_MS = 10_000;
const listeners = new Set<() => void>();
let now = berthNow();
let timer: ReturnType<typeof setInterval> | undefined;

/** Berth's time, in milliseconds, as of the last ten seconds. One timer serves the whole page. */
export function useNow(): number {
  return useSyncExternalStore(subscribe, () => now);
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  // While nobody looked it stood still.
  if (timer === undefined) now = berthNow();
  timer ??= setInterval(() => {
    now = berthNow();
    for (const each of listeners) each();
  }, EVERY_MS);
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  };
}
