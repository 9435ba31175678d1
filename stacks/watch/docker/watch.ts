// Looks at the container engine whenever it reports a change, and every half minute. All workers share one engine: what it
// does not have is gone. Workers of several hosts, each with an engine of its own, could not tell.
import { EventEmitter, once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { type Follower, followEngine } from "../../../infra/docker/events.ts";
import {
  lookClosely,
  NOTHING,
  type Observation,
  type ObservedContainer,
  observe,
  readLastLines,
} from "../../../infra/docker/observe.ts";
import type { Place } from "../../../infra/target.ts";
import { someAtOnce, untilStopped } from "../../async.ts";
import type { Deployment } from "../../deployments/deployments.ts";
import {
  type Compare,
  type Crash,
  compareRegularly,
  type DriftParts,
  type Found,
  type LastLook,
  type Observer,
} from "../drift-watch.ts";
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

/** Starts watching. The returned function ends that. */
export function watchEngine(parts: DriftParts, place: Place): () => Promise<void> {
  return untilStopped(async (signal) => {
    const observer = new EngineObserver(signal);
    await Promise.all([followEngine(observer, signal), compareRegularly(parts, place, observer, signal)]);
  });
}

class EngineObserver implements Observer, Follower {
  readonly name = "the container engine";
  readonly awayAfterMs = AWAY_AFTER_MS;
  readonly #signal: AbortSignal;
  readonly #loops = new CrashLoops();
  readonly #wake = new EventEmitter();
  /** What the engine has reported since the last look, and whether it may have missed something. */
  #changed = new Set<string>();
  #hasGap = false;
  /** Whose containers the look that is due inspects, even if the list shows nothing wrong. */
  #closely: (deploymentId: string) => boolean = () => false;
  #isAboutAll = true;

  constructor(signal: AbortSignal) {
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

  async untilDue(last: LastLook): Promise<readonly string[] | undefined> {
    const signal = this.#signal;
    if (last === "failed") await sleep(AFTER_FAILURE_MS, undefined, { signal }).catch(() => {});
    const hasNews = () => last === "failed" || this.#hasGap || this.#changed.size > 0;
    const limit = AbortSignal.timeout(last === "away" ? RETRY_MS : PERIOD_MS);
    if (!hasNews())
      await once(this.#wake, "wake", { signal: AbortSignal.any([signal, limit]) }).catch(() => {});
    if (hasNews()) await sleep(GATHER_MS, undefined, { signal }).catch(() => {});
    const changed = this.#changed;
    const isAnew = this.#hasGap || last === "failed" || last === "away";
    this.#changed = new Set();
    this.#hasGap = false;
    this.#closely = (id) => isAnew || changed.has(id);
    this.#isAboutAll = isAnew || changed.size === 0;
    return this.#isAboutAll ? undefined : [...changed];
  }

  async look(deployments: readonly Deployment[], compare: Compare): Promise<void> {
    const observed = await observe(this.#isAboutAll ? undefined : deployments.map(({ id }) => id));
    await someAtOnce(deployments, LOOKS_AT_ONCE, (deployment) =>
      compare(deployment, () => this.#find(deployment, observed.get(deployment.id) ?? NOTHING)),
    );
    if (this.#isAboutAll) this.#loops.keepOnly(containersOf(observed));
  }

  async #find(deployment: Deployment, listed: Observation): Promise<Found> {
    const own = ownContainer(deployment, listed);
    const isClose =
      own && (this.#closely(deployment.id) || deployment.seen || difference(deployment, listed));
    const observed = isClose ? await withCloseLook(listed, own) : listed;
    const latest = ownContainer(deployment, observed);
    if (latest && deployment.status === "active" && this.#loops.note(latest, Date.now()))
      return { crash: await crashOf(latest) };
    return { difference: difference(deployment, observed) };
  }
}

async function crashOf({ id, close }: ObservedContainer): Promise<Crash> {
  const { howItEnded, restarts = 0 } = close ?? {};
  return {
    detail: `Its container has ended ${restarts} times.`,
    howItEnds: [...(howItEnded ? [howItEnded] : []), `${restarts} restarts`].join(", "),
    lastLines: await readLastLines(id),
  };
}

async function withCloseLook(listed: Observation, own: ObservedContainer): Promise<Observation> {
  const closely = await lookClosely(own.id);
  const others = listed.containers.filter((container) => container !== own);
  return { ...listed, containers: closely ? [...others, closely] : others };
}

function containersOf(observed: ReadonlyMap<string, Observation>): Set<string> {
  return new Set([...observed.values()].flatMap(({ containers }) => containers.map(({ id }) => id)));
}
