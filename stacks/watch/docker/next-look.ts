// When the engine is looked at next, and what for: soon after it has reported a change, about that; and about everything once
// in every period, however many changes it reports.
import { EventEmitter, once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import type { Follower } from "../../../infra/docker/events.ts";
import type { LastLook } from "../drift-watch.ts";

/** Changes come in groups: a killed container dies, leaves its network and starts again. */
const GATHER_MS = 300;
const RETRY_MS = 1_000;
const AFTER_FAILURE_MS = 5_000;

/** What a look is about. */
export interface Look {
  /** Undefined for all. */
  readonly ids: readonly string[] | undefined;
  /** Whether the deployment's container is inspected, even if the list shows nothing wrong. */
  readonly isClose: (deploymentId: string) => boolean;
}

export class NextLook implements Follower {
  readonly #periodMs: number;
  readonly #signal: AbortSignal;
  readonly #wake = new EventEmitter();
  /** What the engine has reported since the last look, and whether it may have missed something. */
  #changed = new Set<string>();
  #hasGap = false;
  #lastAboutAll = Number.NEGATIVE_INFINITY;

  constructor(periodMs: number, signal: AbortSignal) {
    this.#periodMs = periodMs;
    this.#signal = signal;
  }

  onChange(deploymentId: string): void {
    this.#changed.add(deploymentId);
    this.#wake.emit("wake");
  }

  onGap(): void {
    this.#hasGap = true;
    this.#wake.emit("wake");
  }

  /** Waits until a look is due, or until the signal. */
  async untilDue(last: LastLook): Promise<Look> {
    const signal = this.#signal;
    if (last === "failed") await sleep(AFTER_FAILURE_MS, undefined, { signal }).catch(() => {});
    const hasNews = () => last === "failed" || this.#hasGap || this.#changed.size > 0;
    if (!hasNews()) {
      const limit = AbortSignal.timeout(last === "away" ? RETRY_MS : this.#untilAboutAllMs());
      await once(this.#wake, "wake", { signal: AbortSignal.any([signal, limit]) }).catch(() => {});
    }
    if (hasNews()) await sleep(GATHER_MS, undefined, { signal }).catch(() => {});
    return this.#take(last);
  }

  #take(last: LastLook): Look {
    const changed = this.#changed;
    const isAnew = this.#hasGap || last === "failed" || last === "away";
    this.#changed = new Set();
    this.#hasGap = false;
    const isAboutAll = isAnew || changed.size === 0 || this.#untilAboutAllMs() === 0;
    if (isAboutAll) this.#lastAboutAll = performance.now();
    return { ids: isAboutAll ? undefined : [...changed], isClose: (id) => isAnew || changed.has(id) };
  }

  #untilAboutAllMs(): number {
    return Math.max(0, Math.ceil(this.#lastAboutAll + this.#periodMs - performance.now()));
  }
}
