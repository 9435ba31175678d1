// Bytes of bodies that are in memory at the same time, of one token and of all: nobody fills the memory for the others.

export class BodyRoom {
  readonly #most: number;
  readonly #mostOfOne: number;
  readonly #held = new Map<string, number>();
  #total = 0;

  /** @param most bytes of all together; one token may have a quarter of them, but always one body of the largest size */
  constructor(most: number, largestBody: number) {
    this.#most = most;
    this.#mostOfOne = Math.max(most / 4, largestBody);
  }

  /** @returns false if there is no room */
  take(token: string, bytes: number): boolean {
    const own = (this.#held.get(token) ?? 0) + bytes;
    if (this.#total + bytes > this.#most || own > this.#mostOfOne) return false;
    this.#held.set(token, own);
    this.#total += bytes;
    return true;
  }

  free(token: string, bytes: number): void {
    const left = (this.#held.get(token) ?? 0) - bytes;
    if (left > 0) this.#held.set(token, left);
    else this.#held.delete(token);
    this.#total -= bytes;
  }
}
