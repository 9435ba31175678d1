// Looks at the container engine whenever it tells of a change, and every half minute, and compares it with the records.
// All workers share one engine: what it does not have is gone. Workers of several hosts, each with an engine of its
// own, could not tell.
import { EventEmitter, once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import type { Logger } from "pino";
import { followEngine } from "../../../infra/docker/events.ts";
import {
  lookClosely,
  NOTHING,
  type Observation,
  type ObservedContainer,
  observe,
  readLastLines,
} from "../../../infra/docker/observe.ts";
import { EngineAway } from "../../../infra/target.ts";
import { someAtOnce } from "../../async.ts";
import type { Sql } from "../../database/database.ts";
import type { Deployment } from "../../deployments/deployments.ts";
import { redaction } from "../../deployments/redaction.ts";
import { recordCrash } from "../../operations/crash.ts";
import { crashedCause } from "../../pulumi/error-texts.ts";
import type { SecretBox } from "../../secret.ts";
import type { StackSettings } from "../../settings.ts";
import { listSettled, recordSeen, recordUnknown } from "../observations.ts";
import { CrashLoops } from "./crash-loop.ts";
import { difference, ownContainer } from "./drift.ts";

const PERIOD_MS = 30_000;
/** Changes come in groups: a killed container dies, leaves its network and starts again. */
const GATHER_MS = 300;
const RETRY_MS = 1_000;
const AFTER_FAILURE_MS = 5_000;
/** A restarting engine is soon back. */
const AWAY_AFTER_MS = 3_000;
const LOOKS_AT_ONCE = 8;

interface Parts {
  readonly sql: Sql;
  readonly box: SecretBox;
  readonly settings: StackSettings;
  readonly log: Logger;
}

/** Starts watching. The returned function ends that. */
export function watchEngine(parts: Parts): () => Promise<void> {
  const closing = new AbortController();
  const watch = new EngineWatch(parts, closing.signal);
  const ended = Promise.all([followEngine(watch, closing.signal), watch.run()]);
  return async () => {
    closing.abort();
    await ended;
  };
}

class EngineWatch {
  readonly #parts: Parts;
  readonly #signal: AbortSignal;
  readonly #loops = new CrashLoops();
  readonly #wake = new EventEmitter();
  readonly #changed = new Set<string>();
  #hasGap = false;
  #awaySince: number | undefined;

  constructor(parts: Parts, signal: AbortSignal) {
    this.#parts = parts;
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

  async run(): Promise<void> {
    for (;;) {
      await this.#untilDue();
      if (this.#signal.aborted) return;
      await this.#look().catch(async (error: unknown) => {
        if (error instanceof EngineAway) return this.#engineIsAway(error);
        this.#parts.log.error({ err: error }, "comparing deployments with the engine failed");
        await sleep(AFTER_FAILURE_MS, undefined, { signal: this.#signal }).catch(() => {});
        this.#hasGap = true;
      });
    }
  }

  async #untilDue(): Promise<void> {
    const isTold = () => this.#hasGap || this.#changed.size > 0;
    const limit = AbortSignal.timeout(this.#awaySince === undefined ? PERIOD_MS : RETRY_MS);
    const signal = AbortSignal.any([this.#signal, limit]);
    if (!isTold()) await once(this.#wake, "wake", { signal }).catch(() => {});
    if (isTold()) await sleep(GATHER_MS, undefined, { signal: this.#signal }).catch(() => {});
  }

  /**
   * Compares what the engine told of, or everything. The records are read first: an operation that begins after that
   * is seen by the compare-and-set, and what it does is not taken for drift.
   */
  async #look(): Promise<void> {
    const changed = new Set(this.#changed);
    const isAnew = this.#hasGap || this.#awaySince !== undefined;
    const ids = isAnew || changed.size === 0 ? undefined : [...changed];
    this.#changed.clear();
    this.#hasGap = false;
    const { sql, log } = this.#parts;
    const settled = await listSettled(sql, ids);
    if (ids && settled.length === 0) return;
    const observed = await observe(ids);
    if (this.#awaySince !== undefined) log.info("the container engine answers again");
    this.#awaySince = undefined;
    await someAtOnce(settled, LOOKS_AT_ONCE, (deployment) => {
      const isDue = isAnew || changed.has(deployment.id);
      const listed = observed.get(deployment.id) ?? NOTHING;
      return this.#compare(deployment, listed, isDue).catch((error: unknown) => {
        if (error instanceof EngineAway) throw error;
        log.error({ err: error, deployment: deployment.id }, "comparing with the engine failed");
      });
    });
    if (!ids) this.#loops.keepOnly(containersOf(observed));
  }

  /** `isDue` for a close look even if a list tells of nothing wrong. */
  async #compare(deployment: Deployment, listed: Observation, isDue: boolean): Promise<void> {
    const own = ownContainer(deployment, listed);
    const isClose = own && (isDue || deployment.seen || difference(deployment, listed));
    const observed = isClose ? await withCloseLook(listed, own) : listed;
    const found = difference(deployment, observed);
    const latest = ownContainer(deployment, observed);
    if (latest && deployment.status === "active" && this.#loops.note(latest, Date.now()))
      return this.#crashed(deployment, latest);
    if (!(await recordSeen(this.#parts.sql, deployment, found))) return;
    const seen = found?.state ?? "as asked for";
    this.#parts.log.info({ deployment: deployment.id, seen }, "what the engine has of a deployment changed");
  }

  async #crashed(deployment: Deployment, container: ObservedContainer): Promise<void> {
    const { sql, log } = this.#parts;
    const { howItEnded, restarts = 0 } = container.close ?? {};
    const lastLines = redaction(this.#parts, deployment)(await readLastLines(container.id));
    const detail = `Its container has ended ${restarts} times.`;
    const howItEnds = [...(howItEnded ? [howItEnded] : []), `${restarts} restarts`].join(", ");
    const cause = crashedCause(howItEnds, lastLines);
    if (await recordCrash(sql, deployment, { state: "restarting", detail }, cause))
      log.warn({ deployment: deployment.id, restarts }, "an assistant ended again and again");
  }

  async #engineIsAway(error: EngineAway): Promise<void> {
    const { sql, log } = this.#parts;
    if (this.#awaySince === undefined) log.warn({ err: error.cause }, "the container engine does not answer");
    this.#awaySince ??= performance.now();
    if (performance.now() - this.#awaySince < AWAY_AFTER_MS) return;
    await recordUnknown(sql).catch((failure: unknown) =>
      log.error({ err: failure }, "writing down that the engine is away failed"),
    );
  }
}

async function withCloseLook(listed: Observation, own: ObservedContainer): Promise<Observation> {
  const closely = await lookClosely(own.id);
  const others = listed.containers.filter((container) => container !== own);
  return { ...listed, containers: closely ? [...others, closely] : others };
}

function containersOf(observed: ReadonlyMap<string, Observation>): Set<string> {
  return new Set([...observed.values()].flatMap(({ containers }) => containers.map(({ id }) => id)));
}
