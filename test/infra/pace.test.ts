// So many a second, and no more.
import { describe, expect, it } from "vitest";
import { Pace, someAtPace } from "../../infra/pace/pace.ts";

describe("many at a pace", () => {
  it("so many begin a second, and a rest saves nothing up", () => {
    const pace = new Pace(25);
    expect([pace.waitMs(0), pace.waitMs(0), pace.waitMs(10)]).toEqual([0, 40, 70]);
    expect([pace.waitMs(10_000), pace.waitMs(10_000)]).toEqual([0, 40]);
  });

  it("who asks waits for their turn, until they leave", async () => {
    const leaving = new AbortController();
    const pace = new Pace(20);
    const startedAt = performance.now();
    await Promise.all([1, 2, 3, 4, 5].map(() => pace.turn(leaving.signal)));
    expect(performance.now() - startedAt).toBeGreaterThan(195);
    const waiting = pace.turn(leaving.signal);
    leaving.abort();
    await expect(waiting).rejects.toThrow(/abort/i);
  });

  it("all are done; after the signal no other begins, and who waits for their turn need not", async () => {
    const over = new AbortController();
    const done: number[] = [];
    const numbers = Array.from({ length: 50 }, (_, n) => n);
    await someAtPace(numbers, { atOnce: 8, aSecond: 10_000 }, async (n) => void done.push(n), over.signal);
    expect(done.toSorted((a, b) => a - b)).toEqual(numbers);
    done.length = 0;
    const slow = { atOnce: 2, aSecond: 0.001 };
    await someAtPace(
      numbers,
      slow,
      async (n) => {
        done.push(n);
        over.abort();
      },
      over.signal,
    );
    expect(done).toEqual([0]);
  });
});
