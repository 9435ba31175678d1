// The one stream of events of this page. What is kept of earlier answers is changed by it; nothing is read again and again.
import type { QueryClient } from "@tanstack/react-query";
import { useSyncExternalStore } from "react";
import { BASE } from "./client.ts";

/** `since`: how old what the page shows may be; null while the stream is open. */
export interface Liveness {
  readonly lostSince: number | null;
}

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
 * Opens the stream; the browser opens it again when it is lost.
 * @param accounts `all`: of every account, for the operator's pages
 * @returns what closes it
 */
export function openStream(queryClient: QueryClient, names: readonly string[], accounts?: "all"): () => void {
  const source = new EventSource(`${BASE}/api/v1/events${accounts ? `?accounts=${accounts}` : ""}`);
  source.onopen = () => setLiveness({ lostSince: null });
  source.onerror = () => setLiveness({ lostSince: liveness.lostSince ?? Date.now() });
  // What was missed is not known: everything is old.
  source.addEventListener("reset", () => void queryClient.invalidateQueries());
  for (const name of names)
    source.addEventListener(name, (event) => {
      for (const listener of listeners.get(name) ?? []) listener(event as MessageEvent<string>);
    });
  return () => source.close();
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
