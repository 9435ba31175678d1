// The one stream of events of this page. It is opened again whenever it is lost.
import { useSyncExternalStore } from "react";
import { BASE } from "./client.ts";
import { berthNow } from "./clock.ts";

/** As the API's reference lists them; `lost` and `end` are about the stream itself. */
const NAMES = ["reset", "deployment", "operation", "removed", "pairing", "callback", "seeded"] as const;
export type LiveEventName = (typeof NAMES)[number];
type Listener = (data: string) => void;

/** A heartbeat comes every 15 seconds: without two of them nobody is there, whatever the browser believes. */
const SILENT_FOR_MS = 40_000;
const SHORTEST_WAIT_MS = 1_000;
const LONGEST_WAIT_MS = 30_000;

/** Since when what the page shows may be old, in milliseconds; null while it is not. */
let lostSince: number | null = null;
const watchers = new Set<() => void>();
const listeners = new Map<LiveEventName, Set<Listener>>();

/** Since when the page has not followed what happens; null while it does. */
export function useLostSince(): number | null {
  return useSyncExternalStore(watch, () => lostSince);
}

/** Calls `listener` with the JSON of each event of that name. @returns what ends that */
export function onEvent(name: LiveEventName, listener: Listener): () => void {
  const known = listeners.get(name) ?? new Set();
  listeners.set(name, known.add(listener));
  return () => void known.delete(listener);
}

/**
 * Opens the stream.
 * @param accounts `all`: of every account, for the operator's pages
 * @param onFailure called whenever it has ended, or could not be opened
 * @returns what closes it
 */
export function openStream(accounts: "own" | "all", onFailure: () => void): () => void {
  let source: EventSource | undefined;
  let silence: ReturnType<typeof setTimeout> | undefined;
  let retry: ReturnType<typeof setTimeout> | undefined;
  let failures = 0;
  const open = () => {
    source = new EventSource(`${BASE}/api/v1/events?accounts=${accounts}`);
    for (const name of NAMES) source.addEventListener(name, ({ data }) => hear(() => tell(name, data)));
    source.addEventListener("heartbeat", () => hear());
    source.addEventListener("lost", ({ data }) => hear(() => setLost(Date.parse(JSON.parse(data).since))));
    source.addEventListener("end", again);
    source.onopen = () => hear();
    // After an answer that is no stream the browser gives up by itself.
    source.onerror = () => (source?.readyState === EventSource.CLOSED ? again() : setLost(berthNow()));
  };
  const hear = (handle?: () => void) => {
    clearTimeout(silence);
    silence = setTimeout(again, SILENT_FOR_MS);
    handle?.();
  };
  const again = () => {
    source?.close();
    clearTimeout(silence);
    setLost(berthNow());
    onFailure();
    retry = setTimeout(open, waitFor(failures++));
  };
  const endSeeded = onEvent("seeded", () => {
    failures = 0;
    setLost(null);
  });
  open();
  return () => {
    endSeeded();
    clearTimeout(silence);
    clearTimeout(retry);
    source?.close();
    setLost(null);
  };
}

function tell(name: LiveEventName, data: string): void {
  for (const listener of listeners.get(name) ?? []) listener(data);
}

/** Longer after each failure, and never for all pages at the same moment. */
function waitFor(failures: number): number {
  return Math.min(LONGEST_WAIT_MS, SHORTEST_WAIT_MS * 2 ** failures) * (0.5 + Math.random() / 2);
}

function watch(watcher: () => void): () => void {
  watchers.add(watcher);
  return () => watchers.delete(watcher);
}

/** It is as old as its first loss. */
function setLost(since: number | null): void {
  const next = since === null ? null : (lostSince ?? since);
  if (next === lostSince) return;
  lostSince = next;
  for (const watcher of watchers) watcher();
}
