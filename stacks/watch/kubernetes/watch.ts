// Compares what watches say of a namespace's StatefulSets and pods: what has changed at once, and all of it every few seconds.
import { setTimeout as sleep } from "node:timers/promises";
import { ClusterObserver, NOTHING, type Observed } from "../../../infra/kubernetes/observe.ts";
import type { KubernetesPlace } from "../../../infra/kubernetes/place.ts";
import { counted } from "../../../infra/sentences.ts";
import { untilStopped } from "../../async.ts";
import { msSince } from "../../clock.ts";
import type { Deployment } from "../../deployments/deployments.ts";
import {
  type Compare,
  compareRegularly,
  type DriftParts,
  type Found,
  type LastLook,
  type Observer,
} from "../drift-watch.ts";
import { clusterDifference, crashing } from "./drift.ts";

const PERIOD_MS = 10_000;
/** What changes comes in several pieces. */
const GATHERED_MS = 200;
/** For so long after a change the cluster may tell of what was before. */
const STALE_MS = 5_000;

/** Starts watching one namespace. The returned function ends that. */
export function watchNamespace(
  parts: DriftParts,
  place: KubernetesPlace,
  periodMs = PERIOD_MS,
): () => Promise<void> {
  return untilStopped((signal) =>
    compareRegularly(parts, place, new NamespaceObserver(place, periodMs, signal), signal),
  );
}

class NamespaceObserver implements Observer {
  readonly name = "Kubernetes";
  /** One look that fails may have had bad luck: the second one in a row has not. */
  readonly awayAfterMs: number;
  readonly #periodMs: number;
  readonly #signal: AbortSignal;
  readonly #cluster: ClusterObserver;
  /** When all of them are compared again (monotonic clock). */
  #nextAt = 0;

  constructor(place: KubernetesPlace, periodMs: number, signal: AbortSignal) {
    this.awayAfterMs = periodMs / 2;
    this.#periodMs = periodMs;
    this.#signal = signal;
    this.#cluster = new ClusterObserver(place, signal);
  }

  async untilDue(last: LastLook): Promise<readonly string[] | undefined> {
    if (last === "none") {
      await this.#cluster.untilListed(this.#periodMs);
      return undefined;
    }
    if (last !== "done") {
      await this.#pause(this.#periodMs);
      return undefined;
    }
    const left = this.#nextAt - performance.now();
    const first = left > 0 ? await this.#cluster.changes(left) : [];
    if (first.length === 0) return undefined;
    await this.#pause(GATHERED_MS);
    return [...first, ...(await this.#cluster.changes(0))];
  }

  #pause(ms: number): Promise<void> {
    return sleep(ms, undefined, { signal: this.#signal }).catch(() => {});
  }

  async look(deployments: readonly Deployment[], compare: Compare): Promise<void> {
    if (performance.now() >= this.#nextAt) this.#nextAt = performance.now() + this.#periodMs;
    const observed = await this.#cluster.observe();
    for (const deployment of deployments)
      await compare(deployment, () => this.#find(deployment, observed.get(deployment.id) ?? NOTHING));
  }

  async #find(deployment: Deployment, observed: Observed): Promise<Found | undefined> {
    if (msSince(deployment.updated_at) < STALE_MS) return undefined;
    const pod = deployment.status === "active" ? crashing(observed) : undefined;
    if (!pod) return { difference: clusterDifference(deployment, observed) };
    const crash = {
      detail: `Its pod has started again ${counted(pod.restarts, "time")}.`,
      howItEnds: `${pod.howItEnded}, ${counted(pod.restarts, "restart")}`,
      lastLines: await this.#cluster.lastLines(pod.name),
    };
    return { crash };
  }
}
