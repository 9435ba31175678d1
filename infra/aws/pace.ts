// AWS counts calls by account and region, those of other programs included: Berth paces the calls that it repeats.
import { setTimeout as sleep } from "node:timers/promises";

/** Waits for the caller's turn; refused when the signal comes first. */
export type Pace = (signal: AbortSignal) => Promise<void>;

/** Lets so many through in a second, one after another: who asks more often waits longer. */
export function pace(perSecond: number): Pace {
  let next = 0;
  return async (signal) => {
    const now = performance.now();
    const turn = Math.max(now, next);
    next = turn + 1000 / perSecond;
    await sleep(turn - now, undefined, { signal });
  };
}
