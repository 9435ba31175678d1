// Where many things change at once, what has to be read again is read once. THE place where events make answers old.
import type { QueryClient, QueryKey } from "@tanstack/react-query";

const AFTER_MS = 1_000;

const waiting = new WeakMap<QueryClient, Set<string>>();

/** Makes old what is kept under that key, a second from now: what is shown of it is read again then. */
export function readAgainSoon(client: QueryClient, queryKey: QueryKey): void {
  const names = waiting.get(client) ?? new Set();
  waiting.set(client, names);
  const name = JSON.stringify(queryKey);
  if (names.has(name)) return;
  names.add(name);
  setTimeout(() => {
    names.delete(name);
    void client.invalidateQueries({ queryKey });
  }, AFTER_MS);
}
