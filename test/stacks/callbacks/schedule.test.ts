import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { DELAYS_MS, nextDelay } from "../../../stacks/callbacks/schedule.ts";

const HOUR = 3_600_000;
const NOW = new Date("2026-01-02T03:04:05Z");

beforeEach(() => void vi.useFakeTimers({ toFake: ["Date"], now: NOW }));
afterEach(() => void vi.useRealTimers());

it("is that of Standard Webhooks: ten attempts over 75:35:05", () => {
  expect(DELAYS_MS).toHaveLength(10);
  expect(DELAYS_MS.reduce((sum, delay) => sum + delay)).toBe(75 * HOUR + 35 * 60_000 + 5_000);
});

it("is spread by a fifth each way, and ends after the last attempt", () => {
  for (let attempt = 1; attempt < 10; attempt++) {
    const scheduled = DELAYS_MS[attempt] ?? 0;
    const delays = Array.from({ length: 200 }, () => nextDelay(DELAYS_MS, attempt, 0) ?? 0);
    expect(Math.min(...delays)).toBeGreaterThanOrEqual(scheduled * 0.8);
    expect(Math.max(...delays)).toBeLessThanOrEqual(scheduled * 1.2);
    expect(new Set(delays).size).toBeGreaterThan(100);
  }
  expect(nextDelay(DELAYS_MS, 10, 0)).toBeUndefined();
  expect(nextDelay(DELAYS_MS, 11, 0)).toBeUndefined();
});

it.each([
  ["120", 1, 120_000, 120_000],
  ["0", 1, 4_000, 6_000],
  ["99999999", 1, HOUR, HOUR],
  ["99999999", 5, 10 * HOUR, 10 * HOUR],
  ["soon", 1, 4_000, 6_000],
  ["-5", 1, 4_000, 6_000],
  ["Fri, 02 Jan 2026 03:14:05 GMT", 1, 600_000, 600_000],
  ["Thu, 01 Jan 1970 00:00:00 GMT", 1, 4_000, 6_000],
])("Retry-After %s after attempt %i is honoured within limits", (retryAfter, attempt, least, most) => {
  const delay = nextDelay(DELAYS_MS, attempt, 0, { statusCode: 503, retryAfter });
  expect(delay).toBeGreaterThanOrEqual(least);
  expect(delay).toBeLessThanOrEqual(most);
});

it.each([429, 502, 504])("%i: at least a minute", (statusCode) => {
  expect(nextDelay(DELAYS_MS, 1, 0, { statusCode, retryAfter: undefined })).toBe(60_000);
});

it("an event that waited for twice the whole schedule is tried once, so that a backlog comes to an end", () => {
  expect(nextDelay(DELAYS_MS, 1, 150 * HOUR)).toBeDefined();
  expect(nextDelay(DELAYS_MS, 1, 153 * HOUR)).toBeUndefined();
});
