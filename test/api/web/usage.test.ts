// The dashboard's usage without its page: days of UTC, and limits between the form and the API.
import { expect, it } from "vitest";
import { fieldsOf, limitsOf } from "../../../api/web/pages/assistant/usage/own-limits.ts";
import { daysOf, periodOf } from "../../../api/web/pages/assistant/usage/period.ts";

it.each([
  ["month", "2026-03-01", "2026-03-02"],
  ["last month", "2026-02-01", "2026-02-28"],
  ["7", "2026-02-24", "2026-03-02"],
  ["365", "2025-03-03", "2026-03-02"],
] as const)("%s is a period of days in UTC", (name, from, to) => {
  expect(periodOf(name, new Date("2026-03-02T23:59:59Z"))).toEqual({ from, to });
});

it("the month before January is December", () => {
  const period = periodOf("last month", new Date("2026-01-31T00:00:00Z"));
  expect(period).toEqual({ from: "2025-12-01", to: "2025-12-31" });
});

it("every day of a period is there once", () => {
  expect(daysOf({ from: "2026-02-27", to: "2026-03-01" })).toEqual([
    "2026-02-27",
    "2026-02-28",
    "2026-03-01",
  ]);
});

it("what is left empty sets no limit, and a limit of nothing is one", () => {
  const limits = { month: { usd: 0 }, day: { tokens: 5 }, requestsAtOnce: 2 };
  expect(limitsOf(fieldsOf(limits))).toEqual(limits);
  expect(limitsOf(fieldsOf(null))).toBeNull();
});
