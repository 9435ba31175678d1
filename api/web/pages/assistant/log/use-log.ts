import { useEffect, useMemo, useState } from "react";
import { openLog } from "../../../api/logs.ts";
import { LineStore } from "./line-store.ts";
import { type LogState, readLog } from "./read-log.ts";

export interface Log {
  readonly store: LineStore;
  readonly state: LogState;
  /** Reads on after an end or a refusal. */
  readonly again: () => void;
}

/** Reads an assistant's log for as long as the page shows it. @param since from when on; undefined for the last lines */
export function useLog(id: string, since: string | undefined): Log {
  const store = useMemo(() => new LineStore(), [id, since]);
  const [state, setState] = useState<LogState>({ phase: "opening" });
  const [attempt, setAttempt] = useState(0);
  useEffect(() => {
    const left = new AbortController();
    const report = (next: LogState) => {
      if (!left.signal.aborted) setState(next);
    };
    const open = (asked: { tail: number; since?: string }, signal: AbortSignal) => openLog(id, asked, signal);
    void readLog({ store, since, open, report, sleep }, left.signal);
    return () => left.abort();
  }, [id, since, store, attempt]);
  return { store, state, again: () => setAttempt((before) => before + 1) };
}

/** Ends early, without an error, by the signal. */
function sleep(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener(
      "abort",
      () => {
        clearTimeout(timer);
        resolve();
      },
      { once: true },
    );
  });
}
