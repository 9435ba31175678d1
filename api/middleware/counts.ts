/** Counts things alike, each period anew. */
export class Counts {
  readonly #periodMs: number;
  #period = 0;
  #counts = new Map<string, number>();

  constructor(periodMs: number) {
    this.#periodMs = periodMs;
  }

  /** The how many-th of this name it is in this period. */
  add(name: string): number {
    const period = Math.floor(performance.now() / this.#periodMs);
    if (period !== this.#period) this.#counts = new Map();
    this.#period = period;
    const count = (this.#counts.get(name) ?? 0) + 1;
    this.#counts.set(name, count);
    return count;
  }
}
