// When the engine is looked at, with changes that the test reports.
import { afterEach, beforeEach, expect, it } from "vitest";
import { NextLook } from "../../../../stacks/watch/docker/next-look.ts";

const PERIOD_MS = 1_500;
/** One that does not end within a test. */
const LONG_MS = 600_000;
/** For so long a look waits for more changes. */
const GATHER_MS = 300;

let ending: AbortController;
beforeEach(() => {
  ending = new AbortController();
});
afterEach(() => {
  ending.abort();
});

/** One by which all was looked at a moment ago. */
async function begun(periodMs: number): Promise<NextLook> {
  const next = new NextLook(periodMs, ending.signal);
  next.onGap();
  expect((await next.untilDue("none")).ids).toBeUndefined();
  return next;
}

it("is about what the engine has reported", async () => {
  const next = await begun(LONG_MS);
  next.onChange("one");
  const { ids, isClose } = await next.untilDue("done");
  expect(ids).toEqual(["one"]);
  expect([isClose("one"), isClose("other")]).toEqual([true, false]);
});

it("is about all once in a period, though another's change is reported all the time", async () => {
  const startedAt = performance.now();
  const next = await begun(PERIOD_MS);
  const noise = setInterval(() => next.onChange("noisy"), 100);
  let looks = 0;
  try {
    // As many as fit into two periods where nothing slows this process down.
    while ((await next.untilDue("done")).ids !== undefined)
      expect(++looks).toBeLessThan((2 * PERIOD_MS) / GATHER_MS);
    expect(performance.now() - startedAt).toBeGreaterThan(PERIOD_MS / 2);
  } finally {
    clearInterval(noise);
  }
});

it("is about all after a quiet period, and not before", async () => {
  const startedAt = performance.now();
  const next = await begun(PERIOD_MS);
  expect((await next.untilDue("done")).ids).toBeUndefined();
  expect(performance.now() - startedAt).toBeGreaterThan(PERIOD_MS / 2);
});

it("is about all, and close, once the engine answers again", async () => {
  const next = await begun(LONG_MS);
  next.onChange("one");
  const { ids, isClose } = await next.untilDue("away");
  expect(ids).toBeUndefined();
  expect(isClose("other")).toBe(true);
});
