// The wall clock may jump. How long something takes is counted by performance.now(); this is for times that outlive a process.

/** Clocks of two hosts may differ by so much. */
export const TOLERANCE_MS = 5 * 60_000;

/** Milliseconds since then. A time in the future counts as never (Infinity): the clock was wrong then, or is wrong now. */
export function msSince(time: Date, now = Date.now()): number {
  const ms = now - time.getTime();
  return ms < -TOLERANCE_MS ? Number.POSITIVE_INFINITY : Math.max(0, ms);
}

/** As long as the clock has to have gone steadily before what it says is old may be deleted: it may have jumped, and be put right. */
const STEADY_MS = 50 * 60_000;

/** Compares a wall clock with the monotonic one of this process, at looks that are less than an hour apart. */
export class SteadyClock {
  readonly #onJump: (ms: number) => void;
  #ahead: number | undefined;
  #since = 0;

  /** @param onJump is told by how much it has jumped */
  constructor(onJump: (ms: number) => void = () => {}) {
    this.#onJump = onJump;
  }

  /** Whether it has gone steadily for the better part of an hour; never at the first look. @param time of the wall clock */
  isSteady(time: Date, now = performance.now()): boolean {
    const ahead = time.getTime() - now;
    const jumpedBy = this.#ahead === undefined ? 0 : ahead - this.#ahead;
    const hasJumped = Math.abs(jumpedBy) > TOLERANCE_MS;
    if (hasJumped) this.#onJump(jumpedBy);
    if (hasJumped || this.#ahead === undefined) this.#since = now;
    this.#ahead = ahead;
    return now - this.#since >= STEADY_MS;
  }
}
