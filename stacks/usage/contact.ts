// When the database answered a gateway last. Without it nobody can tell for long who may still ask, and for how much.

const HOLDS_FOR_MS = 60_000;

export class Contact {
  #last = performance.now();

  /** The database has answered. */
  heard(): void {
    this.#last = performance.now();
  }

  /** Whether what it said last still holds: for a minute. */
  get holds(): boolean {
    return performance.now() - this.#last < HOLDS_FOR_MS;
  }

  /** Whether what was read then may be believed: it was read within the minute before the database answered last. */
  covers(readAt: number): boolean {
    return this.holds && readAt > this.#last - HOLDS_FOR_MS;
  }
}
