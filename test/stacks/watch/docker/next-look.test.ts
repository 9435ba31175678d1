// When the engine is looked at, with changes that the test reports.
import { afterEach, beforeEach, expect, it } from "vitest";
import { NextLook } from "../../../../stacks/watch/docker/next-look.ts";

const PERIOD_MS = 1_500;

let ending: AbortController;
let next: NextLook;
beforeEach(async () => {
  ending = new AbortController();
  next = new NextLook(PERIOD_MS, ending.signal);
  next.onGap();
  expect((await next.untilDue("none")).ids).toBeUndefined();
});
afterEach(() => {
  ending.abort();
});

it("is about what the engine has reported", async () => {
  next.onChange("one");
  const { ids, isClose } = await next.untilDue("done");
  expect(ids).toEqual(["one"]);
  expect([isClose("one"), isClose("other")]).toEqual([true, false]);
});

it("is about all once in a period, though another's change is reported all the time", async () => {
  const noise = setInterval(() => next.onChange("noisy"), 100);
  const startedAt = performance.now();
  try {
    while ((await next.untilDue("done")).ids !== undefined)
      expect(performance.now() - startedAt).toBeLessThan(2 * PERIOD_MS);
    expect(performance.now() - startedAt).toBeGreaterThan(PERIOD_MS / 2);
  } finally {
    clearInterval(noise);
  }
});

it("is about all after a quiet period, and not before", async () => {
  const startedAt = performance.now();
  expect((await next.untilDue("done")).ids).toBeUndefined();
  expect(performance.now() - startedAt).toBeGreaterThan(PERIOD_MS / 2);
});

it("is about all, and close, once the engine answers again", async () => {
  next.onChange("one");
  const { ids, isClose } = await next.untilDue("away");
  expect(ids).toBeUndefined();
  expect(isClose("other")).toBe(true);
});
