// The wall clock may jump. How long something takes is counted by performance.now(); this is for times that outlive a process.

/** Clocks of two hosts may differ by so much. */
export const TOLERANCE_MS = 5 * 60_000;

/** Milliseconds since then. A time in the future counts as never (Infinity): the clock was wrong then, or is wrong now. */
export function msSince(time: Date, now = Date.now()): number {
  const ms = now - time.getTime();
  return ms < -TOLERANCE_MS ? Number.POSITIVE_INFINITY : Math.max(0, ms);
}
