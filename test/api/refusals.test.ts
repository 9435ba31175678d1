// Refusing a flood costs a few records: an audit row and a log line each.
import type { Request, Response } from "express";
import { expect, it } from "vitest";
import { setCaller } from "../../api/middleware/caller.ts";
import { Refusals } from "../../api/middleware/refusals.ts";
import { BerthError, type ErrorCode } from "../../stacks/errors.ts";

const CALLER = { accountId: "a", scopes: [], endsAt: null, isOperator: false, requestId: "r" };

/** How many of a hundred such refusals are recorded. */
function recorded(refusals: Refusals, code: ErrorCode, ip: string, keyId?: string): number {
  const error = new BerthError(code, "refused");
  const all = Array.from({ length: 100 }, () => {
    const response = { locals: {} } as unknown as Response;
    if (keyId !== undefined) setCaller(response, { ...CALLER, keyId });
    return refusals.isRecorded({ ip } as Request, response, error);
  });
  return all.filter((isRecorded) => isRecorded).length;
}

it("records the first refusal beyond a limit of an address and minute", () => {
  const refusals = new Refusals(30);
  expect(recorded(refusals, "RATE_LIMITED", "192.0.2.1")).toBe(1);
  expect(recorded(refusals, "RATE_LIMITED", "192.0.2.1")).toBe(0);
  expect(recorded(refusals, "RATE_LIMITED", "192.0.2.2"), "another address").toBe(1);
});

it("records the first refusal beyond a limit of a key, wherever it calls from", () => {
  const refusals = new Refusals(30);
  expect(recorded(refusals, "RATE_LIMITED", "192.0.2.1", "one")).toBe(1);
  expect(recorded(refusals, "RATE_LIMITED", "192.0.2.2", "one")).toBe(0);
  expect(recorded(refusals, "RATE_LIMITED", "192.0.2.1", "other")).toBe(1);
});

it("records as many other refusals of an address as it may use wrong keys, and thirty at least", () => {
  for (const [wrongKeys, expected] of [
    [50, 50],
    [0, 30],
  ] as const) {
    const refusals = new Refusals(wrongKeys);
    expect(recorded(refusals, "UNAUTHORIZED", "192.0.2.1")).toBe(expected);
    expect(recorded(refusals, "NOT_FOUND", "192.0.2.1"), "whatever they are").toBe(0);
  }
});

it("records every other refusal of a key that works, and every fault", () => {
  const refusals = new Refusals(30);
  expect(recorded(refusals, "FORBIDDEN", "192.0.2.1", "key")).toBe(100);
  expect(recorded(refusals, "UNAVAILABLE", "192.0.2.1")).toBe(100);
});
