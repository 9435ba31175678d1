import { describe, expect, it } from "vitest";
import {
  endOf,
  limitsMoneyAlone,
  lowerOf,
  nearLimit,
  reachedLimit,
  refusalOf,
  type Spent,
  windowNames,
} from "../../../stacks/usage/limits.ts";

const NOW = new Date("2026-02-28T23:59:30.500Z");
const NOTHING = { tokens: 0, microdollars: 0 };
const IDLE = { ...NOTHING, requests: 0 };

function spent(used: Partial<Spent["used"]>, open: Partial<Spent["open"]> = {}): Spent {
  return {
    used: { month: NOTHING, day: NOTHING, minute: NOTHING, ...used },
    open: { ...IDLE, ...open },
  };
}

describe("limits", () => {
  it("are the lower ones of the customer's and the operator's, each by itself", () => {
    const own = { month: { usd: 5, tokens: 900 }, minute: { tokens: 10 }, requestsAtOnce: 9 };
    const ofOperator = { month: { usd: 20 }, day: { usd: 3 }, requestsAtOnce: 4 };
    expect(lowerOf(own, ofOperator)).toEqual({
      month: { usd: 5, tokens: 900 },
      day: { usd: 3 },
      minute: { tokens: 10 },
      requestsAtOnce: 4,
    });
    expect(lowerOf(null, {})).toEqual({ month: {}, day: {}, minute: {} });
    expect(lowerOf({ month: { usd: 0 } }, { month: { usd: 20 } }).month).toEqual({ usd: 0 });
  });

  it("of money alone leave a model without a price unlimited", () => {
    expect(limitsMoneyAlone({ month: { usd: 5 } })).toBe(true);
    expect(limitsMoneyAlone({ month: { usd: 5 }, day: { tokens: 1 } })).toBe(false);
    expect(limitsMoneyAlone({ requestsAtOnce: 1 })).toBe(false);
  });

  it("of 0 refuse everything", () => {
    expect(refusalOf({ month: { usd: 0 } }, spent({}), NOW)?.status).toBe(429);
  });

  it("end with their month, day and minute in UTC, also at the end of February", () => {
    expect(windowNames(NOW)).toEqual({ month: "2026-02", day: "2026-02-28", minute: "2026-02-28T23:59" });
    const ends = (["month", "day", "minute"] as const).map((window) => endOf(window, NOW).toISOString());
    expect(ends).toEqual(Array(3).fill("2026-03-01T00:00:00.000Z"));
    expect(endOf("month", new Date("2026-12-31T10:00:00Z")).toISOString()).toBe("2027-01-01T00:00:00.000Z");
  });
});

describe("one more request is refused", () => {
  it.each([
    [{ month: { usd: 1 } }, { month: { tokens: 5, microdollars: 1_000_000 } }],
    [{ day: { tokens: 5 } }, { day: { tokens: 5, microdollars: 0 } }],
  ])("by %j at the limit, in a sentence that says until when", (limits, used) => {
    expect(refusalOf(limits, spent(used), NOW)).toEqual({
      status: 429,
      message: expect.stringMatching(/usage limit.*2026-03-01 00:00 UTC/),
    });
  });

  it("by a minute's limit for the rest of the minute alone, and by what is under way for a moment", () => {
    const minute = { minute: { tokens: 5, microdollars: 0 } };
    expect(refusalOf({ minute: { tokens: 5 } }, spent(minute), NOW)?.retryAfterSeconds).toBe(30);
    const open = { tokens: 600, requests: 2 };
    const busy = spent({ month: { tokens: 400, microdollars: 0 } }, open);
    expect(refusalOf({ month: { tokens: 1_000 } }, busy, NOW)?.retryAfterSeconds).toBe(5);
    expect(refusalOf({ month: { tokens: 1_001 } }, busy, NOW)).toBeUndefined();
    expect(refusalOf({ requestsAtOnce: 2 }, busy, NOW)?.retryAfterSeconds).toBe(5);
    expect(refusalOf({ requestsAtOnce: 3 }, busy, NOW)).toBeUndefined();
  });
});

it("a warning begins at four fifths of a month or a day, and none is about a minute", () => {
  const limits = { month: { usd: 10 }, day: { tokens: 100 }, minute: { tokens: 1 } };
  const used = (dollars: number, tokens: number) =>
    spent({
      month: { tokens, microdollars: dollars * 1_000_000 },
      day: { tokens, microdollars: 0 },
      minute: { tokens: 1_000, microdollars: 0 },
    }).used;
  expect(nearLimit(limits, used(7.9, 79), NOW)).toBeUndefined();
  expect(nearLimit(limits, used(8, 0), NOW)).toMatchObject({ window: "month", unit: "usd", limit: 10 });
  expect(nearLimit(limits, used(0, 80), NOW)).toMatchObject({ window: "day", unit: "tokens" });
  expect(reachedLimit(limits, used(9.99, 99), NOW)).toBeUndefined();
  expect(reachedLimit(limits, used(10, 100), NOW)).toMatchObject({ window: "month" });
});
