// Bytes that come in pieces, in one piece of memory: a million pieces of a byte each would take a hundred times their length.

export class GrowingBytes {
  #memory = Buffer.alloc(0);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  /** Those that have come; valid until more come. */
  get bytes(): Buffer {
    return this.#memory.subarray(0, this.#length);
  }

  append(piece: Uint8Array): void {
    const wanted = this.#length + piece.length;
    if (wanted > this.#memory.length) {
      // Twice as much each time: all are copied twice at most.
      const larger = Buffer.allocUnsafeSlow(this.#length === 0 ? wanted : Math.max(wanted, 2 * this.#length));
      this.bytes.copy(larger);
      this.#memory = larger;
    }
    this.#memory.set(piece, this.#length);
    this.#length = wanted;
  }

  clear(): void {
    this.#memory = Buffer.alloc(0);
    this.#length = 0;
  }
}
