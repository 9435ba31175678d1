// Reads that are dear, such as a question to Pulumi or Docker: calls that ask for the same one at the same time share it.

export class SharedReads<Value> {
  readonly #keptMs: number;
  readonly #reads = new Map<string, Promise<Value>>();

  /** @param keptMs for so long after it has begun, a result that is there already is handed out, too */
  constructor(keptMs = 0) {
    this.#keptMs = keptMs;
  }

  /** The result of the read of that key that is being made, or else of a new one. */
  get(key: string, read: () => Promise<Value>): Promise<Value> {
    const known = this.#reads.get(key);
    if (known) return known;
    const forget = () => void this.#reads.delete(key);
    const oldEnough = performance.now() + this.#keptMs;
    const made = read().finally(() => {
      const leftMs = oldEnough - performance.now();
      if (leftMs > 0) setTimeout(forget, leftMs).unref();
      else forget();
    });
    this.#reads.set(key, made);
    // What has failed is tried again by the next one.
    made.catch(forget);
    return made;
  }
}
