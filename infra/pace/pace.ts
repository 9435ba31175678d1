// Spaces what begins, so many a second at most: who is asked again and again has others to answer, too.
import { setTimeout as sleep } from "node:timers/promises";
import pMap from "p-map";

/** Nothing is saved up: after a rest as few begin at once as before. */
export class Pace {
  readonly #everyMs: number;
  #next = Number.NEGATIVE_INFINITY;

  constructor(aSecond: number) {
    this.#everyMs = 1000 / aSecond;
  }

  /** Takes the next turn. @param now of a clock, in ms @returns milliseconds until it comes */
  waitMs(now: number): number {
    const at = Math.max(now, this.#next);
    this.#next = at + this.#everyMs;
    return at - now;
  }

  /** Waits for the caller's turn: who asks more often waits longer. @throws Error when the signal comes first */
  async turn(signal?: AbortSignal): Promise<void> {
    await sleep(this.waitMs(performance.now()), undefined, { signal });
  }
}

/**
 * Does the same for each of many: `atOnce` at a time, and so many begin a second at most. After the signal no other begins.
 * @throws Error of the first that fails; no other begins then
 */
export async function someAtPace<Item>(
  items: readonly Item[],
  { atOnce, aSecond }: { readonly atOnce: number; readonly aSecond: number },
  act: (item: Item) => Promise<void>,
  signal?: AbortSignal,
): Promise<void> {
  const pace = new Pace(aSecond);
  const actInTurn = async (item: Item) => {
    if (signal?.aborted) return;
    await pace.turn(signal).catch(() => {});
    if (!signal?.aborted) await act(item);
  };
  await pMap(items, actInTurn, { concurrency: atOnce });
}
