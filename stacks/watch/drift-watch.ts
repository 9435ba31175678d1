// Compares what a place's target holds with the records, again and again. How to look, and when, is the target's own part.
import type { Logger } from "pino";
import { EngineAway, type Place } from "../../infra/target.ts";
import type { Sql } from "../database/database.ts";
import type { Difference } from "../database/deployment-table.ts";
import { redaction } from "../deployments/redaction.ts";
import { livesIn, type PlaceRecord } from "../deployments/regions.ts";
import { recordCrash } from "../operations/crash.ts";
import { crashedCause } from "../pulumi/error-texts.ts";
import type { SecretBox } from "../secret.ts";
import type { StackSettings } from "../settings.ts";
import { listSettled, recordSeen, recordUnknown, type Settled } from "./observations.ts";

export interface DriftParts {
  readonly sql: Sql;
  readonly box: SecretBox;
  readonly settings: Pick<StackSettings, "dataDir" | "modelKeys" | "places">;
  readonly log: Logger;
}

/** A target's part. */
export interface Observer {
  /** As the log has it. */
  readonly name: string;
  /** Silent for so long, it is away; what it holds is unknown then. */
  readonly awayAfterMs: number;
  /**
   * Waits until the next look is due, or until the signal.
   * @param last how the last look went; after anything but "done" the next one has to be about everything
   * @returns ids of the deployments that it is about; undefined for all
   */
  untilDue(last: LastLook): Promise<readonly string[] | undefined>;
  /** Finds out about each of these, and has it compared. @throws EngineAway */
  look(deployments: readonly Settled[], compare: Compare): Promise<void>;
}

export type LastLook = "none" | "done" | "failed" | "away";

/** Records what is found of a deployment. An error that isn't EngineAway is logged, and does not keep others waiting. */
export type Compare = (deployment: Settled, find: () => Promise<Found | undefined>) => Promise<void>;

/** How a deployment differs from its record, if it does; or that it ended again and again. */
export type Found = { readonly difference: Difference | undefined } | { readonly crash: Crash };

export interface Crash {
  /** A sentence for the status. */
  readonly detail: string;
  /** For the end of a sentence. */
  readonly howItEnds: string;
  /** Of its log; may hold secrets, as may the sentence above. */
  readonly lastLines: string;
}

/** Compares until the signal. */
export async function compareRegularly(
  parts: DriftParts,
  place: Place,
  observer: Observer,
  signal: AbortSignal,
): Promise<void> {
  const watch = new DriftWatch(parts, place, observer, signal);
  let last: LastLook = "none";
  for (;;) {
    const ids = await observer.untilDue(last);
    if (signal.aborted) return;
    last = await watch.look(ids);
  }
}

class DriftWatch {
  readonly #parts: DriftParts;
  readonly #place: Place;
  readonly #observer: Observer;
  readonly #signal: AbortSignal;
  #awaySince: number | undefined;

  constructor(parts: DriftParts, place: Place, observer: Observer, signal: AbortSignal) {
    this.#parts = parts;
    this.#place = place;
    this.#observer = observer;
    this.#signal = signal;
  }

  async look(ids: readonly string[] | undefined): Promise<LastLook> {
    const { name } = this.#observer;
    const { log } = this.#parts;
    try {
      await this.#observeAll(ids);
      if (this.#awaySince !== undefined) log.info(`${name} answers again`);
      this.#awaySince = undefined;
      return "done";
    } catch (error) {
      if (this.#signal.aborted) return "failed";
      if (error instanceof EngineAway) {
        await this.#isAway(error);
        return "away";
      }
      log.error({ err: error }, `comparing deployments with ${name} failed`);
      return "failed";
    }
  }

  /**
   * The records are read before the target is asked: an operation that begins after that is seen by the compare-and-set, and
   * what it does is not taken for drift.
   */
  async #observeAll(ids: readonly string[] | undefined): Promise<void> {
    const settled = await listSettled(this.#parts.sql, ids);
    const here = settled.filter((deployment) => this.#isHere(deployment));
    if (ids && here.length === 0) return;
    await this.#observer.look(here, (deployment, find) => this.#compare(deployment, find));
  }

  #isHere(deployment: PlaceRecord): boolean {
    return livesIn(this.#place, this.#parts.settings, deployment);
  }

  async #compare(deployment: Settled, find: () => Promise<Found | undefined>): Promise<void> {
    const { name } = this.#observer;
    const { log } = this.#parts;
    try {
      const found = await find();
      if (found && "crash" in found) await this.#recordCrash(deployment, found.crash);
      else if (found) await this.#recordDifference(deployment, found.difference);
    } catch (error) {
      if (error instanceof EngineAway || this.#signal.aborted) throw error;
      log.error({ err: error, deployment: deployment.id }, `comparing with ${name} failed`);
    }
  }

  async #recordDifference(deployment: Settled, difference: Difference | undefined): Promise<void> {
    const { sql, log } = this.#parts;
    if (!(await recordSeen(sql, deployment, difference))) return;
    const seen = difference?.state ?? "as asked for";
    log.info({ deployment: deployment.id, seen }, `what ${this.#observer.name} has of a deployment changed`);
  }

  async #recordCrash(deployment: Settled, { detail, howItEnds, lastLines }: Crash): Promise<void> {
    const { sql, log } = this.#parts;
    const redact = redaction(this.#parts, deployment);
    const cause = crashedCause(redact(howItEnds), redact(lastLines));
    if (await recordCrash(sql, deployment, { state: "restarting", detail }, cause))
      log.warn({ deployment: deployment.id, detail }, "an assistant ended again and again");
  }

  async #isAway(error: EngineAway): Promise<void> {
    const { sql, log } = this.#parts;
    const { name, awayAfterMs } = this.#observer;
    if (this.#awaySince === undefined) log.warn({ err: error.cause }, `${name} does not answer`);
    this.#awaySince ??= performance.now();
    if (performance.now() - this.#awaySince < awayAfterMs) return;
    await recordUnknown(sql, (deployment) => this.#isHere(deployment)).catch((failure: unknown) =>
      log.error({ err: failure }, `recording that ${name} is away failed`),
    );
  }
}
