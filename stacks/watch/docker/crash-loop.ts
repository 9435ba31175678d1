// Distinguishes a crash loop from one crash. Kept in memory: a new process starts from zero.
import type { ObservedContainer } from "../../../infra/docker/observe.ts";
import { msSince } from "../../clock.ts";

const RESTARTS = 5;
const WITHIN_MS = 10 * 60_000;

interface Sample {
  readonly at: number;
  readonly restarts: number;
}

export class CrashLoops {
  readonly #samples = new Map<string, Sample[]>();

  /** Notes how often the engine has restarted the container; true if that was too often of late. */
  note({ id, close }: ObservedContainer, now: number): boolean {
    if (!close) return false;
    const { restarts, createdAt } = close;
    const isOfLate = (at: number) => msSince(new Date(at), now) < WITHIN_MS;
    const isNew = isOfLate(createdAt.getTime());
    const before = this.#samples.get(id) ?? (isNew ? [{ at: createdAt.getTime(), restarts: 0 }] : []);
    // Started by hand, it is counted from nothing again.
    const kept = before.filter((sample) => isOfLate(sample.at) && sample.restarts <= restarts);
    kept.push({ at: now, restarts });
    this.#samples.set(id, kept);
    return restarts - (kept[0]?.restarts ?? restarts) >= RESTARTS;
  }

  /** Forgets every container but these. */
  keepOnly(ids: ReadonlySet<string>): void {
    for (const id of this.#samples.keys()) if (!ids.has(id)) this.#samples.delete(id);
  }
}
