import { useDeferredValue, useMemo, useState, useSyncExternalStore } from "react";
import { heldBack, paused, RUNNING, resumed, type Scroll, scrolled } from "./follow.ts";
import type { LineStore } from "./line-store.ts";
import { shownOf } from "./search.ts";
import type { Range } from "./time-range.tsx";

/** What is shown of a log: pause, following, search. */
export function useLogView(store: LineStore, range: Range) {
  const [view, setView] = useState(RUNNING);
  const [search, setSearch] = useState("");
  const [onlyMatches, setOnlyMatches] = useState(false);
  const [step, setStep] = useState<number | null>(null);
  const version = useSyncExternalStore(store.subscribe, store.version);
  const sought = useDeferredValue(search);
  const { pausedAt, isFollowing } = view;
  const { rows, matches } = useMemo(
    () => ({ version, ...shownOf(store.lines, { before: pausedAt, ...range, search: sought, onlyMatches }) }),
    [store, version, pausedAt, range, sought, onlyMatches],
  );
  const at = step === null || matches.length === 0 ? null : Math.min(step, matches.length - 1);
  return {
    rows,
    matches,
    sought,
    search,
    onlyMatches,
    isFollowing,
    isPaused: pausedAt !== null,
    held: heldBack(view, store.next),
    /** Which match is shown, from 0, and in which row it is. */
    at,
    current: at === null ? null : (matches[at] ?? null),
    find: (text: string) => {
      setSearch(text);
      setStep(null);
    },
    setOnlyMatches,
    stepBy: (by: 1 | -1) => {
      if (matches.length === 0) return;
      const next = at === null ? (by === 1 ? 0 : matches.length - 1) : at + by;
      setStep((next + matches.length) % matches.length);
      setView((before) => ({ ...before, isFollowing: false }));
    },
    scroll: (scroll: Scroll) => setView((before) => scrolled(before, scroll)),
    pause: () => setView((before) => paused(before, store.next)),
    goOn: () => setView(resumed()),
  };
}

export type LogView = ReturnType<typeof useLogView>;
