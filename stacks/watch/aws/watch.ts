// Looks every half minute at the services that deployments have on AWS, ten at a time and at a pace that leaves room for
// operations, and compares them with the records. ECS tells of no change by itself.
import { setTimeout as sleep } from "node:timers/promises";
import type { Logger } from "pino";
import {
  type ObservedService,
  SERVICES_AT_ONCE,
  ServiceObserver,
  type TaskEnd,
} from "../../../infra/aws/observe.ts";
import type { AwsPlace } from "../../../infra/aws/place.ts";
import { EngineAway } from "../../../infra/target.ts";
import type { Sql } from "../../database/database.ts";
import type { Deployment } from "../../deployments/deployments.ts";
import { redaction } from "../../deployments/redaction.ts";
import { livesIn } from "../../deployments/regions.ts";
import { recordCrash } from "../../operations/crash.ts";
import { crashedCause } from "../../pulumi/error-texts.ts";
import type { SecretBox } from "../../secret.ts";
import type { StackSettings } from "../../settings.ts";
import { listSettled, recordSeen, recordUnknown } from "../observations.ts";
import { ENDS_WITHIN_MS, isCrashLoop, serviceDifference } from "./drift.ts";

const PERIOD_MS = 30_000;
/** For so long after a change ECS may tell of what was before. */
const STALE_MS = 15_000;
/** One look that fails may have had bad luck. */
const AWAY_AFTER_FAILURES = 2;

export interface RegionParts {
  readonly sql: Sql;
  readonly box: SecretBox;
  readonly settings: Pick<StackSettings, "modelKeys" | "places">;
  readonly log: Logger;
}

/** Starts watching one region. The returned function ends that. */
export function watchServices(
  parts: RegionParts,
  place: AwsPlace,
  periodMs = PERIOD_MS,
): () => Promise<void> {
  const closing = new AbortController();
  const ended = new ServiceWatch(parts, place, closing.signal).run(periodMs);
  return async () => {
    closing.abort();
    await ended;
  };
}

class ServiceWatch {
  readonly #parts: RegionParts;
  readonly #signal: AbortSignal;
  readonly #place: AwsPlace;
  readonly #observer: ServiceObserver;
  /** The latest event of each service that was seen. */
  #events = new Map<string, string | undefined>();
  #failures = 0;

  constructor(parts: RegionParts, place: AwsPlace, signal: AbortSignal) {
    this.#parts = parts;
    this.#signal = signal;
    this.#place = place;
    this.#observer = new ServiceObserver(place.foundation, signal);
  }

  async run(periodMs: number): Promise<void> {
    while (!this.#signal.aborted) {
      await this.#look().catch((error: unknown) => this.#failed(error));
      await sleep(periodMs, undefined, { signal: this.#signal }).catch(() => {});
    }
  }

  /** The records are read first: an operation that begins after that is seen by the compare-and-set. */
  async #look(): Promise<void> {
    const settled = await this.#settled();
    const events = new Map<string, string | undefined>();
    for (let at = 0; at < settled.length; at += SERVICES_AT_ONCE) {
      const some = settled.slice(at, at + SERVICES_AT_ONCE);
      const observed = await this.#observer.observe(some.map(({ id }) => id));
      for (const deployment of some) {
        const service = observed.get(deployment.id);
        events.set(deployment.id, service?.latestEvent);
        await this.#compare(deployment, service).catch((error: unknown) => {
          if (error instanceof EngineAway || this.#signal.aborted) throw error;
          this.#parts.log.error({ err: error, deployment: deployment.id }, "comparing with AWS failed");
        });
      }
    }
    this.#events = events;
    if (this.#failures >= AWAY_AFTER_FAILURES) this.#parts.log.info("AWS answers again");
    this.#failures = 0;
  }

  async #settled(): Promise<Deployment[]> {
    const { sql, settings } = this.#parts;
    const all = await listSettled(sql);
    return all.filter((deployment) => livesIn(this.#place, settings, deployment));
  }

  async #compare(deployment: Deployment, service: ObservedService | undefined): Promise<void> {
    if (Date.now() - deployment.updated_at.getTime() < STALE_MS) return;
    const ends = await this.#ends(deployment, service);
    const [last] = ends;
    if (last && isCrashLoop(ends)) return this.#crashed(deployment, ends.length, last);
    const found = serviceDifference(deployment, service, last);
    if (!(await recordSeen(this.#parts.sql, deployment, found))) return;
    const seen = found?.state ?? "as asked for";
    this.#parts.log.info({ deployment: deployment.id, seen }, "what AWS has of a deployment changed");
  }

  /** Asked for where something has happened, or is wrong. What has ended before the deployment was active is told already. */
  async #ends({ id, status, seen, updated_at }: Deployment, service: ObservedService | undefined) {
    if (status !== "active" || !service) return [];
    const hasEvent = this.#events.has(id) && this.#events.get(id) !== service.latestEvent;
    const wasAsAsked = !seen || seen.state === "unknown";
    if (service.runningCount === 1 && wasAsAsked && !hasEvent) return [];
    const since = Math.max(updated_at.getTime(), Date.now() - ENDS_WITHIN_MS);
    return this.#observer.endsSince(id, new Date(since));
  }

  async #crashed(deployment: Deployment, ends: number, last: TaskEnd): Promise<void> {
    const { sql, log } = this.#parts;
    const redact = redaction(this.#parts, deployment);
    const lastLines = redact(await this.#observer.lastLines(deployment.id, last.taskId));
    const detail = `${ends} of its tasks have ended within half an hour.`;
    const cause = crashedCause(redact(`${last.sentence}; ${ends} tasks`), lastLines);
    if (await recordCrash(sql, deployment, { state: "restarting", detail }, cause))
      log.warn({ deployment: deployment.id, ends }, "an assistant ended again and again");
  }

  async #failed(error: unknown): Promise<void> {
    if (this.#signal.aborted) return;
    const { sql, log } = this.#parts;
    if (!(error instanceof EngineAway)) {
      log.error({ err: error }, "comparing deployments with AWS failed");
      return;
    }
    this.#failures++;
    log.warn({ err: error.cause }, "AWS does not answer");
    if (this.#failures < AWAY_AFTER_FAILURES) return;
    try {
      await recordUnknown(
        sql,
        (await this.#settled()).map(({ id }) => id),
      );
    } catch (failure) {
      log.error({ err: failure }, "writing down that AWS is away failed");
    }
  }
}
