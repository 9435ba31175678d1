// Repeated work and work on many at a time, by the real clock: periods of a few milliseconds.
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { regularly, someAtOnce } from "../../stacks/async.ts";
import { ownTime } from "../support/own-time.ts";

describe("repeated work", () => {
  it("begins at once, goes on every period and ends when it is stopped", async () => {
    let runs = 0;
    const begun = performance.now();
    const stop = regularly(20, async () => void runs++);
    await expect.poll(() => runs).toBeGreaterThanOrEqual(5);
    await stop();
    const [atStop, tookMs] = [runs, performance.now() - begun];
    await sleep(60);
    // A timer of Node's may fire a millisecond or two early.
    expect(atStop).toBeLessThanOrEqual((tookMs + 2) / 20 + 1);
    expect(runs).toBe(atStop);
  });

  it("never runs twice at a time, and a run longer than its period leaves none behind it", async () => {
    let [runs, running, most] = [0, 0, 0];
    const stop = regularly(10, async () => {
      runs++;
      most = Math.max(most, ++running);
      await sleep(60);
      running--;
    });
    await sleep(250);
    const before = runs;
    const ownMs = ownTime();
    await stop();
    expect(ownMs()).toBeLessThan(120);
    expect(most).toBe(1);
    expect(running).toBe(0);
    expect(runs).toBeLessThanOrEqual(before + 1);
  });

  it("stops at once between two runs", async () => {
    const stop = regularly(60_000, async () => {});
    await sleep(5);
    const ownMs = ownTime();
    await stop();
    expect(ownMs()).toBeLessThan(1_000);
  });

  it("gives a run the signal of its end", async () => {
    let isAborted = false;
    const stop = regularly(60_000, async (signal) => {
      await sleep(10_000, undefined, { signal }).catch(() => {});
      isAborted = signal.aborted;
    });
    await stop();
    expect(isAborted).toBe(true);
  });

  it("waits with its end for the run under way", async () => {
    let isDone = false;
    const stop = regularly(60_000, async () => {
      await sleep(40);
      isDone = true;
    });
    await stop();
    expect(isDone).toBe(true);
  });
});

describe("some at a time", () => {
  it("gives the results in the order of the items", async () => {
    const results = await someAtOnce([30, 1, 10], 2, async (ms) => {
      await sleep(ms);
      return ms;
    });
    expect(results).toEqual([30, 1, 10]);
  });

  it("takes the next as soon as one is done, and never more than so many", async () => {
    let [running, most] = [0, 0];
    const begun: string[] = [];
    const lastIsDone = Promise.withResolvers<void>();
    await someAtOnce(["slow", "a", "b", "c"], 2, async (name) => {
      begun.push(name);
      most = Math.max(most, ++running);
      await (name === "slow" ? lastIsDone.promise : sleep(5));
      if (name === "c") lastIsDone.resolve();
      running--;
    });
    expect(begun).toEqual(["slow", "a", "b", "c"]);
    expect(most).toBe(2);
  });

  it("fails as the first of them fails", async () => {
    const failing = someAtOnce([1, 2, 3], 2, async (item) => {
      if (item === 2) throw new Error("the second");
    });
    await expect(failing).rejects.toThrow("the second");
  });
});
