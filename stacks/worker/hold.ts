// An attempt's hold on its operation while something is done for it: whether the operation is still its own, or is cancelled.
import { setTimeout as sleep } from "node:timers/promises";
import type { Sql } from "../database/database.ts";
import { LEASE_MS, type Operation, standing } from "../operations/operations.ts";

const LOOK_AT_STANDING_EVERY_MS = 250;

/** `cancel`: what is done is to end in good order. `kill`: at once, because the operation is another worker's by now. */
export type Stop = "cancel" | "kill";

export class Hold {
  /** Resolves when what is done is to end. */
  readonly stopped: Promise<Stop>;
  readonly #sql: Sql;
  readonly #operation: Operation;
  readonly #released = new AbortController();
  #isCancelled = false;

  /** @param onHeld is called again and again as long as the operation is the attempt's own */
  constructor(sql: Sql, operation: Operation, onHeld: () => void) {
    this.#sql = sql;
    this.#operation = operation;
    this.stopped = new Promise((resolve) => {
      void this.#watch(onHeld, (how) => {
        this.#isCancelled ||= how === "cancel";
        resolve(how);
      });
    });
  }

  get isCancelled(): boolean {
    return this.#isCancelled;
  }

  /** Call it once what was done has ended. */
  release(): void {
    this.#released.abort();
  }

  async #watch(onHeld: () => void, stop: (how: Stop) => void): Promise<void> {
    const { signal } = this.#released;
    let heldAt = performance.now();
    while (!signal.aborted) {
      await sleep(LOOK_AT_STANDING_EVERY_MS, undefined, { signal }).catch(() => {});
      if (signal.aborted) return;
      const now = await standing(this.#sql, this.#operation).catch(() => undefined);
      if (now === "lost") stop("kill");
      if (now === "cancelled") stop("cancel");
      if (now === "held" || now === "cancelled") {
        heldAt = performance.now();
        onHeld();
      } else if (performance.now() - heldAt > LEASE_MS) stop("kill");
    }
  }
}
