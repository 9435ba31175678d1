// Looks every half minute at the services that deployments have on AWS, ten at a time and at a pace that leaves room for
// operations. ECS reports no change by itself.
import { setTimeout as sleep } from "node:timers/promises";
import {
  type ObservedService,
  SERVICES_AT_ONCE,
  ServiceObserver,
  type TaskEnd,
} from "../../../infra/aws/observe.ts";
import type { AwsPlace } from "../../../infra/aws/place.ts";
import { counted } from "../../../infra/sentences.ts";
import { untilStopped } from "../../async.ts";
import { msSince } from "../../clock.ts";
import {
  type Compare,
  type Crash,
  compareRegularly,
  type DriftParts,
  type Found,
  type LastLook,
  type Observer,
} from "../drift-watch.ts";
import type { Settled } from "../observations.ts";
import { ENDS_WITHIN_MS, isCrashLoop, serviceDifference } from "./drift.ts";

const PERIOD_MS = 30_000;
/** For so long after a change ECS may report what was before. */
const STALE_MS = 15_000;

/** Starts watching one region. The returned function ends that. */
export function watchServices(parts: DriftParts, place: AwsPlace, periodMs = PERIOD_MS): () => Promise<void> {
  return untilStopped((signal) =>
    compareRegularly(parts, place, new RegionObserver(place, periodMs, signal), signal),
  );
}

class RegionObserver implements Observer {
  readonly name = "AWS";
  /** One look that fails may have had bad luck: the second one in a row has not. */
  readonly awayAfterMs: number;
  readonly #periodMs: number;
  readonly #signal: AbortSignal;
  readonly #services: ServiceObserver;
  /** The latest event of each service that was seen. */
  #events = new Map<string, string | undefined>();

  constructor({ foundation }: AwsPlace, periodMs: number, signal: AbortSignal) {
    this.awayAfterMs = periodMs / 2;
    this.#periodMs = periodMs;
    this.#signal = signal;
    this.#services = new ServiceObserver(foundation, signal);
  }

  async untilDue(last: LastLook): Promise<undefined> {
    if (last !== "none") await sleep(this.#periodMs, undefined, { signal: this.#signal }).catch(() => {});
  }

  async look(deployments: readonly Settled[], compare: Compare): Promise<void> {
    const events = new Map<string, string | undefined>();
    for (let at = 0; at < deployments.length; at += SERVICES_AT_ONCE) {
      const some = deployments.slice(at, at + SERVICES_AT_ONCE);
      const observed = await this.#services.observe(some.map(({ id }) => id));
      for (const deployment of some) {
        const service = observed.get(deployment.id);
        events.set(deployment.id, service?.latestEvent);
        await compare(deployment, () => this.#find(deployment, service));
      }
    }
    this.#events = events;
  }

  async #find(deployment: Settled, service: ObservedService | undefined): Promise<Found | undefined> {
    if (msSince(deployment.updated_at) < STALE_MS) return undefined;
    const ends = await this.#ends(deployment, service);
    const [last] = ends;
    if (last && isCrashLoop(ends)) return { crash: await this.#crashOf(deployment, ends.length, last) };
    return { difference: serviceDifference(deployment, service, last) };
  }

  /** Read where something has happened, or is wrong. What ended before the deployment was active is recorded already. */
  async #ends({ id, status, seen, updated_at }: Settled, service: ObservedService | undefined) {
    if (status !== "active" || !service) return [];
    const hasEvent = this.#events.has(id) && this.#events.get(id) !== service.latestEvent;
    const wasAsAsked = !seen || seen.state === "unknown";
    if (service.runningCount === 1 && wasAsAsked && !hasEvent) return [];
    const since = Math.max(updated_at.getTime(), Date.now() - ENDS_WITHIN_MS);
    return this.#services.endsSince(id, new Date(since));
  }

  async #crashOf({ id }: Settled, ends: number, last: TaskEnd): Promise<Crash> {
    return {
      detail: `${ends} of its tasks have ended within half an hour.`,
      howItEnds: `${last.sentence}; ${counted(ends, "task")}`,
      lastLines: await this.#services.lastLines(id, last.taskId),
    };
  }
}
