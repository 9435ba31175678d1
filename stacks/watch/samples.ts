// Reads what every running assistant uses, again and again, and records it for an hour: pages show it from before they were
// opened. A target that keeps the past by itself is not asked.
import type { Logger } from "pino";
import type { Reading, Sample } from "../../infra/found.ts";
import { EngineAway, type Place, type Target } from "../../infra/target.ts";
import { openTarget } from "../../infra/targets.ts";
import { regularly } from "../async.ts";
import type { Sql } from "../database/database.ts";
import { livesIn } from "../deployments/regions.ts";
import { recordSamples } from "../deployments/samples.ts";
import type { StackSettings } from "../settings.ts";

const EVERY_MS = 60_000;
/** What is further apart is a gap. */
const LONGEST_MS = 10 * 60_000;

interface Parts {
  readonly sql: Sql;
  readonly settings: Pick<StackSettings, "places">;
}

/** Starts reading at one place. The returned function ends that. */
export function sampleRegularly(parts: Parts & { readonly log: Logger }, place: Place): () => Promise<void> {
  const sampler = new Sampler(parts, place);
  return regularly(EVERY_MS, (signal) =>
    sampler.sample(signal).catch((error: unknown) => {
      // Who watches for drift reports a target that is away.
      if (!(error instanceof EngineAway) && !signal.aborted)
        parts.log.warn({ err: error }, "what the assistants use could not be read");
    }),
  );
}

/** Of one place. Another process that goes on with it begins with a gap. */
export class Sampler {
  readonly #parts: Parts;
  readonly #place: Place;
  #before: ReadonlyMap<string, Reading> = new Map();

  constructor(parts: Parts, place: Place) {
    this.#parts = parts;
    this.#place = place;
  }

  /** Reads and records all once. @throws Error of the target or the database */
  async sample(signal: AbortSignal): Promise<void> {
    const target: Target = await openTarget(this.#place);
    if (!target.readUsage) return;
    const readings = await target.readUsage(await this.#running(), signal);
    const before = this.#before;
    this.#before = readings;
    const samples = new Map<string, Sample>();
    for (const [id, now] of readings) {
      const last = before.get(id);
      // A target that measures by itself may have nothing new.
      if (last?.at.getTime() !== now.at.getTime()) samples.set(id, sampleOf(last, now));
    }
    if (samples.size > 0) await recordSamples(this.#parts.sql, samples);
  }

  async #running(): Promise<string[]> {
    const { sql, settings } = this.#parts;
    const active = await sql
      .selectFrom("deployments")
      .select(["id", "target", "region"])
      .where("status", "=", "active")
      .execute();
    return active.filter((one) => livesIn(this.#place, settings, one)).map(({ id }) => id);
  }
}

/** What was used since the reading before; of counters that began again nothing is known. Pure. */
export function sampleOf(before: Reading | undefined, now: Reading): Sample {
  const ms = before ? now.at.getTime() - before.at.getTime() : 0;
  const isNext = before?.run === now.run && ms > 0 && ms <= LONGEST_MS;
  const seconds = isNext ? ms / 1_000 : null;
  const perSecond = (of: (reading: Reading) => number | null) => {
    const [from, until] = [before && of(before), of(now)];
    if (seconds === null || typeof from !== "number" || until === null || until < from) return null;
    return (until - from) / seconds;
  };
  return {
    at: now.at,
    seconds,
    cpuCores: now.cpuCores ?? perSecond(({ cpuSeconds }) => cpuSeconds),
    memoryBytes: now.memoryBytes,
    receivedBytesPerSecond: perSecond(({ receivedBytes }) => receivedBytes),
    sentBytesPerSecond: perSecond(({ sentBytes }) => sentBytes),
  };
}
