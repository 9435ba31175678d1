// How many answers of one kind a key may be getting at once: those that go on for long.
import type { Response } from "express";
import { BerthError } from "../../stacks/errors.ts";

const RETRY_AFTER_SECONDS = "60";

export class AtOnce {
  readonly #most: number;
  readonly #what: string;
  readonly #counts = new Map<string, number>();

  /** @param what the key does, for a sentence, e.g. "follows logs" */
  constructor(most: number, what: string) {
    this.#most = most;
    this.#what = what;
  }

  /**
   * Counts an answer until it is over.
   * @throws BerthError RATE_LIMITED when the key gets as many already
   */
  count(keyId: string, response: Response): void {
    const count = this.#counts.get(keyId) ?? 0;
    if (count >= this.#most) {
      response.set("Retry-After", RETRY_AFTER_SECONDS);
      throw new BerthError(
        "RATE_LIMITED",
        `This key ${this.#what} ${count} times already, and may do so ${this.#most} times at once. End one first.`,
      );
    }
    this.#counts.set(keyId, count + 1);
    response.once("close", () => {
      const left = (this.#counts.get(keyId) ?? 1) - 1;
      if (left > 0) this.#counts.set(keyId, left);
      else this.#counts.delete(keyId);
    });
  }
}
