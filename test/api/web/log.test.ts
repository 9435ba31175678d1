// The dashboard's log without its page: nothing is lost or doubled where a stream ends, and the oldest make way.
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { EventText } from "../../../api/web/pages/assistant/log/event-text.ts";
import { heldBack, paused, RUNNING, resumed, scrolled } from "../../../api/web/pages/assistant/log/follow.ts";
import { LineStore } from "../../../api/web/pages/assistant/log/line-store.ts";
import { GAP, type LogState, readLog } from "../../../api/web/pages/assistant/log/read-log.ts";
import { Resumption } from "../../../api/web/pages/assistant/log/resume.ts";
import { marked, shownOf } from "../../../api/web/pages/assistant/log/search.ts";
import { plainText } from "../../../api/web/parts/plain-text.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const at = (second: number, nano = 0) => `2026-01-02T03:04:0${second}.${String(nano).padStart(9, "0")}Z`;
const line = (second: number, text: string, nano = 0) => ({ at: at(second, nano), text });

describe("what is kept", () => {
  it("is bounded: the oldest make way, a tenth at a time, and numbers stay", () => {
    const store = new LineStore(100);
    store.add(Array.from({ length: 101 }, (_, number) => ({ at: null, text: `${number}` })));
    expect(store.gone).toBe(10);
    expect(store.lines[0]).toMatchObject({ number: 10, text: "10" });
    expect(store.next).toBe(101);
  });

  it("reports a burst once, and the next one again", () => {
    const store = new LineStore();
    const listener = vi.fn();
    const end = store.subscribe(listener);
    for (let burst = 1; burst <= 2; burst++) {
      for (let i = 0; i < 50; i++) store.add([{ at: null, text: "x" }]);
      vi.advanceTimersByTime(1_000);
      expect(listener).toHaveBeenCalledTimes(burst);
      expect(store.version()).toBe(burst);
    }
    end();
    store.add([{ at: null, text: "x" }]);
    vi.advanceTimersByTime(1_000);
    expect(listener).toHaveBeenCalledTimes(2);
  });
});

describe("a log that goes on", () => {
  it("asks for the last line's second and drops what is known, the same text twice too", () => {
    const store = new LineStore();
    store.add([line(1, "a"), line(2, "tick", 5), line(2, "tick", 5), line(2, "b", 7)]);
    const resumption = new Resumption(store.lines);
    expect(resumption.since).toBe("2026-01-02T03:04:02Z");
    expect(resumption.fresh([line(2, "tick", 5)])).toEqual([]);
    const rest = [line(2, "tick", 5), line(2, "b", 7), line(2, "tick", 8), line(3, "c")];
    expect(resumption.fresh(rest)).toEqual([line(2, "tick", 8), line(3, "c")]);
    expect(resumption.fresh([line(2, "b", 7)]), "what comes later is not compared").toHaveLength(1);
    expect(resumption.hasGap).toBe(false);
  });

  it("drops no third line where two of the same moment and text are known", () => {
    const store = new LineStore();
    store.add([line(2, "tick", 5), line(2, "tick", 5)]);
    const resumption = new Resumption(store.lines);
    const same = line(2, "tick", 5);
    expect(resumption.fresh([same, same, same])).toEqual([same]);
  });

  it("notes that lines may be missing when the last known one does not come again", () => {
    const store = new LineStore();
    store.add([line(1, "a")]);
    const resumption = new Resumption(store.lines);
    expect(resumption.fresh([line(5, "b")])).toEqual([line(5, "b")]);
    expect(resumption.hasGap).toBe(true);
    expect(new Resumption([]).since).toBeUndefined();
  });
});

describe("a stream", () => {
  it("is cut into events wherever its pieces end", () => {
    const text = ': open\n\nid: 1\nevent: log\ndata: a: b\n\nevent: end\ndata: {"reason":"no_more"}\n\n';
    const events = new EventText();
    expect([...text].flatMap((character) => events.add(character))).toEqual([
      { event: "log", id: "1", data: "a: b" },
      { event: "end", id: null, data: '{"reason":"no_more"}' },
    ]);
  });

  it("is taken up again when its time is up and when it is lost, until the container has ended", async () => {
    const log = await readAll([
      [line(1, "a"), "time_is_up"],
      [line(1, "a"), line(2, "b")],
      { status: 0 },
      [line(2, "b"), line(3, "c"), "no_more"],
    ]);
    expect(log.texts).toEqual(["a", "b", "c"]);
    expect(log.asked).toEqual(
      [undefined, at(1), at(2), at(2)].map((moment) => moment && `${moment.slice(0, 19)}Z`),
    );
    expect(log.states.map(({ phase }) => phase)).toEqual([
      "opening",
      "live",
      "live",
      "lost",
      "live",
      "ended",
    ]);
    expect(log.states.at(-1)).toEqual({ phase: "ended", reason: "no_more" });
  });

  it("remarks a gap in front of what came after it", async () => {
    const log = await readAll([
      [line(1, "a"), "time_is_up"],
      [line(5, "z"), "no_more"],
    ]);
    expect(log.texts).toEqual(["a", GAP, "z"]);
  });

  it("ends at a refusal, and says which", async () => {
    const refused = { status: 409 };
    const log = await readAll([refused]);
    expect(log.states.at(-1)).toEqual({ phase: "refused", error: refused });
  });
});

type Written = ReturnType<typeof line>;
type Answer = readonly (Written | string)[] | { readonly status: number };

async function readAll(answers: readonly Answer[]) {
  const store = new LineStore();
  const states: LogState[] = [];
  const asked: (string | undefined)[] = [];
  const parts = {
    store,
    since: undefined,
    open: async ({ since }: { since?: string }) => {
      const answer = answers[asked.push(since) - 1];
      if (!answer || "status" in answer) throw answer;
      return new Blob([`: open\n\n${answer.map(sent).join("")}`]).stream();
    },
    report: (state: LogState) => void states.push(state),
    sleep: (ms: number) => (ms > 40_000 ? new Promise<void>(() => {}) : Promise.resolve()),
  };
  await readLog(parts, new AbortController().signal);
  return { texts: store.lines.map(({ text }) => text), states, asked };
}

function sent(what: Written | string): string {
  if (typeof what === "string") return `event: end\ndata: {"reason":"${what}"}\n\n`;
  return `id: ${what.at}\nevent: log\ndata: ${what.text}\n\n`;
}

describe("following", () => {
  const end = { top: 900, topBefore: 900, distanceFromEnd: 0 };

  it("stops by scrolling up, goes on at the end, and new lines below change nothing", () => {
    const up = scrolled(RUNNING, { top: 500, topBefore: 900, distanceFromEnd: 400 });
    expect(up.isFollowing).toBe(false);
    expect(scrolled(up, { top: 600, topBefore: 500, distanceFromEnd: 300 }).isFollowing).toBe(false);
    expect(scrolled(up, end).isFollowing).toBe(true);
    expect(scrolled(RUNNING, { ...end, distanceFromEnd: 500 })).toBe(RUNNING);
  });

  it("a pause counts what it holds back, and its end follows again", () => {
    const view = paused(RUNNING, 7);
    expect([heldBack(RUNNING, 9), heldBack(view, 7), heldBack(view, 12)]).toEqual([0, 0, 5]);
    expect(resumed()).toEqual(RUNNING);
  });
});

describe("search", () => {
  it("marks every match in any case, and takes no character for a pattern", () => {
    expect(marked("Ab.ab", "AB")).toEqual([
      { text: "Ab", isMatch: true },
      { text: ".", isMatch: false },
      { text: "ab", isMatch: true },
    ]);
    expect(marked("axb", ".")).toEqual([{ text: "axb", isMatch: false }]);
    expect(marked("", "a")).toEqual([{ text: "", isMatch: false }]);
  });

  it("shows the lines of the pause and the times asked for, or the matches alone", () => {
    const store = new LineStore();
    store.add([line(1, "one"), line(2, "Two"), line(3, "three"), line(4, "two")]);
    const all = { before: null, from: null, to: null, search: "two", onlyMatches: false };
    const texts = (shown: Partial<typeof all> | { before: number } | { from: string; to: string }) =>
      shownOf(store.lines, { ...all, ...shown }).rows.map(({ text }) => text);
    expect(shownOf(store.lines, all).matches).toEqual([1, 3]);
    expect(texts({ onlyMatches: true })).toEqual(["Two", "two"]);
    expect(texts({ before: 2 })).toEqual(["one", "Two"]);
    expect(texts({ from: at(2).slice(0, 19), to: at(3) })).toEqual(["Two", "three"]);
  });
});

it("what turns the direction of a text, or moves a terminal's cursor, is taken out", () => {
  expect(plainText("a\u202eb\u0007\u200bc\td 🦞 é\u001b[31m<b>")).toBe("abc\td 🦞 é<b>");
});
