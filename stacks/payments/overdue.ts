// Nothing is deleted at the first look that finds it due: the clock may have jumped, and be right again at the next one.

const HOUR_MS = 3_600_000;
/** A look finds the same deployment due an hour after the one before: see due.ts. */
const NEXT_LOOK_WITHIN_MS = 2 * HOUR_MS;
const REST_MS = 50 * 60_000;
const DAY_MS = 24 * HOUR_MS;

/** Data that is kept for less than a day goes at the first look: an hour more would be much. */
export function restOf(graceMs: number): number {
  return graceMs < DAY_MS ? 0 : REST_MS;
}

/** Remembers, by the monotonic clock of this process, since when each deployment was found due. */
export class Overdue {
  readonly #restMs: number;
  readonly #found = new Map<string, { readonly since: number; readonly last: number }>();

  /** @param restMs how long it has to have been due */
  constructor(restMs: number) {
    this.#restMs = restMs;
  }

  /** Notes that a look has found it due. @returns whether it was so long enough */
  isOver(id: string, now = performance.now()): boolean {
    const known = this.#found.get(id);
    const since = known && now - known.last < NEXT_LOOK_WITHIN_MS ? known.since : now;
    this.#found.set(id, { since, last: now });
    return now - since >= this.#restMs;
  }

  forget(id: string): void {
    this.#found.delete(id);
  }
}
