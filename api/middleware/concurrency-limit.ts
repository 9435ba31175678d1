// How many answers of one kind an account may be getting at once, with all its keys: those that go on for long, or cost much.
import type { Response } from "express";
import { counted } from "../../infra/sentences.ts";
import { BerthError } from "../../stacks/errors.ts";
import { callerOf } from "./caller.ts";

const RETRY_AFTER_SECONDS = "60";

export class AtOnce {
  readonly #most: number;
  readonly #what: string;
  readonly #counts = new Map<string, number>();

  /** @param what the account does, for a sentence, e.g. "follows logs" */
  constructor(most: number, what: string) {
    this.#most = most;
    this.#what = what;
  }

  /**
   * Counts an answer until it is over.
   * @throws BerthError RATE_LIMITED when the caller's account gets as many already
   */
  count(response: Response): void {
    response.once("close", this.#begin(response));
  }

  /**
   * Counts work for as long as it goes on, though its client may have gone.
   * @throws BerthError as count()
   */
  async during<T>(response: Response, work: () => Promise<T>): Promise<T> {
    const end = this.#begin(response);
    return work().finally(end);
  }

  #begin(response: Response): () => void {
    const { accountId } = callerOf(response);
    const count = this.#counts.get(accountId) ?? 0;
    if (count >= this.#most) {
      response.set("Retry-After", RETRY_AFTER_SECONDS);
      throw new BerthError(
        "RATE_LIMITED",
        `This account ${this.#what} ${counted(count, "time")} already, and may do so ${counted(this.#most, "time")} at once. End one first.`,
      );
    }
    this.#counts.set(accountId, count + 1);
    return () => {
      const left = (this.#counts.get(accountId) ?? 1) - 1;
      if (left > 0) this.#counts.set(accountId, left);
      else this.#counts.delete(accountId);
    };
  }
}
