// Times that the wall clock has written, after it has jumped.
import { expect, it } from "vitest";
import { msSince } from "../../stacks/clock.ts";
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
