// Reads a log that goes on: the API ends each answer after a while, and networks end them when they like.
import { berthNow } from "../../../api/clock.ts";
import { EventText, type SentEvent } from "./event-text.ts";
import type { LineStore } from "./line-store.ts";
import { MOST_RESUMED, Resumption } from "./resume.ts";

/** The server says every 15 seconds that it is still there. */
const SILENT_MS = 45_000;
const SHORTEST_WAIT_MS = 1_000;
const LONGEST_WAIT_MS = 30_000;
export const GAP =
  "Lines may be missing here: the assistant got a new container, or wrote more than 5,000 lines meanwhile.";

export type LogState =
  | { readonly phase: "opening" }
  | { readonly phase: "live" }
  /** It tries again by itself. */
  | { readonly phase: "lost"; readonly since: number }
  | { readonly phase: "ended"; readonly reason: string }
  | { readonly phase: "refused"; readonly error: unknown };

export interface LogParts {
  readonly store: LineStore;
  /** From when on; undefined for the last lines. */
  readonly since: string | undefined;
  /** @throws an error with a `status` when the API refuses, 0 when it can't be reached */
  open(asked: { tail: number; since?: string }, signal: AbortSignal): Promise<ReadableStream<Uint8Array>>;
  report(state: LogState): void;
  sleep(ms: number, signal: AbortSignal): Promise<void>;
}

/** Until the signal, the end of the container or a refusal. */
export async function readLog(parts: LogParts, signal: AbortSignal): Promise<void> {
  parts.report({ phase: "opening" });
  let failures = 0;
  while (!signal.aborted) {
    const reason = await readOnce(parts, signal, () => {
      failures = 0;
    }).catch((error: unknown) => {
      if (isPassing(error)) return "lost";
      if (!signal.aborted) parts.report({ phase: "refused", error });
      return undefined;
    });
    if (reason === undefined || signal.aborted) return;
    if (reason === "time_is_up") continue;
    if (reason !== "lost") return parts.report({ phase: "ended", reason });
    if (failures === 0) parts.report({ phase: "lost", since: berthNow() });
    await parts.sleep(Math.min(SHORTEST_WAIT_MS * 2 ** failures++, LONGEST_WAIT_MS), signal);
  }
}

/** @returns why it has ended: as the API says, or `lost` */
async function readOnce(parts: LogParts, signal: AbortSignal, onOpen: () => void): Promise<string> {
  const { store, open, report } = parts;
  const resumption = new Resumption(store.lines);
  const since = resumption.since ?? parts.since;
  const stream = await open({ tail: MOST_RESUMED, ...(since && { since }) }, signal);
  onOpen();
  report({ phase: "live" });
  for await (const events of eventsOf(stream, parts, signal)) {
    const had = resumption.hasGap;
    const lines = events.flatMap(({ event, id, data }) => (event === "log" ? { at: id, text: data } : []));
    const fresh = resumption.fresh(lines);
    if (resumption.hasGap && !had) store.remark(GAP);
    if (fresh.length > 0) store.add(fresh);
    const end = events.find(({ event }) => event === "end");
    if (end) return reasonOf(end);
  }
  return "lost";
}

async function* eventsOf(
  stream: ReadableStream<Uint8Array>,
  { sleep }: LogParts,
  signal: AbortSignal,
): AsyncGenerator<SentEvent[]> {
  const reader = stream.getReader();
  const decoder = new TextDecoder();
  const text = new EventText();
  try {
    while (true) {
      const silence = new AbortController();
      const stopped = AbortSignal.any([signal, silence.signal]);
      const read = await Promise.race([
        reader.read().catch(() => undefined),
        sleep(SILENT_MS, stopped).then(() => undefined),
      ]);
      silence.abort();
      if (!read || read.done) return;
      yield text.add(decoder.decode(read.value, { stream: true }));
    }
  } finally {
    void reader.cancel().catch(() => {});
  }
}

function reasonOf({ data }: SentEvent): string {
  try {
    return String((JSON.parse(data) as { reason?: unknown }).reason);
  } catch {
    return "lost";
  }
}

function isPassing(error: unknown): boolean {
  const { status } = error as { readonly status?: unknown };
  return status === 0 || status === 502 || status === 503 || status === 504;
}
