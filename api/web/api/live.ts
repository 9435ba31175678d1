// The one stream of events of this page. What is kept of earlier answers is changed by it; nothing is read again and again.
import type { QueryClient } from "@tanstack/react-query";
import { useSyncExternalStore } from "react";
import { BASE } from "./client.ts";

/** `since`: how old what the page shows may be; null while the stream is open. */
export interface Liveness {
  readonly lostSince: number | null;
}

const SHORTEST_WAIT_MS = 1_000;
const LONGEST_WAIT_MS = 30_000;

type Listener = (event: MessageEvent<string>) => void;

let liveness: Liveness = { lostSince: null };
const watchers = new Set<() => void>();
const listeners = new Map<string, Set<Listener>>();

/** Whether what is shown follows what happens. */
export function useLiveness(): Liveness {
  return useSyncExternalStore(watch, () => liveness);
}

/** Calls `listener` for each event of that name. @returns what ends that */
export function onEvent(name: string, listener: Listener): () => void {
  const known = listeners.get(name) ?? new Set();
  listeners.set(name, known.add(listener));
  return () => void known.delete(listener);
}

/**
 * Opens the stream, and opens it again whenever it is lost.
 * @param accounts `all`: of every account, for the operator's pages
 * @returns what closes it
 */
export function openStream(queryClient: QueryClient, names: readonly string[], accounts?: "all"): () => void {
  let source: EventSource | undefined;
  let retry: ReturnType<typeof setTimeout> | undefined;
  let failures = 0;
  const open = () => {
    source = new EventSource(`${BASE}/api/v1/events${accounts ? `?accounts=${accounts}` : ""}`);
    source.onopen = () => {
      failures = 0;
      setLiveness({ lostSince: null });
    };
    source.onerror = () => {
      setLiveness({ lostSince: liveness.lostSince ?? Date.now() });
      // After an answer that is no stream the browser gives up by itself.
      if (source?.readyState === EventSource.CLOSED) retry = setTimeout(open, waitFor(failures++));
    };
    // What was missed is not known: everything is old.
    source.addEventListener("reset", () => void queryClient.invalidateQueries());
    for (const name of names)
      source.addEventListener(name, (event) => {
        for (const listener of listeners.get(name) ?? []) listener(event);
      });
  };
  open();
  return () => {
    clearTimeout(retry);
    source?.close();
  };
}

/** Longer after each failure, and never for all pages at the same moment. */
function waitFor(failures: number): number {
  return Math.min(LONGEST_WAIT_MS, SHORTEST_WAIT_MS * 2 ** failures) * (0.5 + Math.random() / 2);
}

function watch(watcher: () => void): () => void {
  watchers.add(watcher);
  return () => watchers.delete(watcher);
}

function setLiveness(next: Liveness): void {
  if (next.lostSince === liveness.lostSince) return;
  liveness = next;
  for (const watcher of watchers) watcher();
}
