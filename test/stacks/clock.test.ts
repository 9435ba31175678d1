// Times that the wall clock has written, after it has jumped.
import { describe, expect, it } from "vitest";
import { msSince, SteadyClock } from "../../stacks/clock.ts";
import { Overdue, restOf } from "../../stacks/payments/overdue.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const NOW = Date.parse("2026-06-01T00:00:00Z");

it.each([
  ["an hour ago", -HOUR, HOUR],
  ["now", 0, 0],
  ["a moment ahead, as another host's clock may be", MINUTE, 0],
  ["an hour ahead", HOUR, Number.POSITIVE_INFINITY],
  ["forty days ahead", 40 * 24 * HOUR, Number.POSITIVE_INFINITY],
])("a time that is %s", (_name, offset, expected) => {
  expect(msSince(new Date(NOW + offset), NOW)).toBe(expected);
});

it("what is found due for the first time is left, and deleted only if it still is an hour later", () => {
  const overdue = new Overdue(restOf(30 * 24 * HOUR));
  expect(overdue.isOver("a", 0)).toBe(false);
  expect(overdue.isOver("b", 30 * MINUTE)).toBe(false);
  expect(overdue.isOver("a", HOUR)).toBe(true);
  expect(overdue.isOver("b", 70 * MINUTE)).toBe(false);
  // Months later it is due for another reason.
  expect(overdue.isOver("a", 2_000 * HOUR)).toBe(false);
  overdue.forget("b");
  expect(overdue.isOver("b", 90 * MINUTE)).toBe(false);
});

it("with a grace of less than a day the first look is enough", () => {
  expect(new Overdue(restOf(HOUR)).isOver("a", 0)).toBe(true);
});

describe("a clock", () => {
  /** Looks of every ten minutes: what it says at each, and how far it was ahead of itself then. */
  function look(aheadMs: readonly number[]) {
    const jumps: number[] = [];
    const clock = new SteadyClock((ms) => jumps.push(ms));
    const steady = aheadMs.map((ahead, turn) =>
      clock.isSteady(new Date(NOW + turn * 10 * MINUTE + ahead), turn * 10 * MINUTE),
    );
    return { steady, jumps };
  }
  const DAYS = 24 * HOUR;

  it("is steady once it has gone so for the better part of an hour; what it drifts is no jump", () => {
    expect(look([0, MINUTE, 2 * MINUTE, 3 * MINUTE, 4 * MINUTE, 5 * MINUTE, 6 * MINUTE])).toEqual({
      steady: [false, false, false, false, false, true, true],
      jumps: [],
    });
  });

  it("that has jumped, ahead or back, is not at the first look after, nor soon", () => {
    const ahead = Array.from({ length: 16 }, (_, turn) => (turn < 6 || turn > 8 ? 0 : 100 * DAYS));
    const { steady, jumps } = look(ahead);
    expect(steady.flatMap((isSteady, turn) => (isSteady ? [turn] : []))).toEqual([5, 14, 15]);
    expect(jumps).toEqual([100 * DAYS, -100 * DAYS]);
  });
});
