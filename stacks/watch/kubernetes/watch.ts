// Looks at all of a namespace's StatefulSets and pods every few seconds, by two lists.
import { setTimeout as sleep } from "node:timers/promises";
import { ClusterObserver, NOTHING, type Observed } from "../../../infra/kubernetes/observe.ts";
import type { KubernetesPlace } from "../../../infra/kubernetes/place.ts";
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

  constructor(place: KubernetesPlace, periodMs: number, signal: AbortSignal) {
    this.awayAfterMs = periodMs / 2;
    this.#periodMs = periodMs;
    this.#signal = signal;
    this.#cluster = new ClusterObserver(place);
  }

  async untilDue(last: LastLook): Promise<undefined> {
    if (last !== "none") await sleep(this.#periodMs, undefined, { signal: this.#signal }).catch(() => {});
  }

  async look(deployments: readonly Deployment[], compare: Compare): Promise<void> {
    const observed = await this.#cluster.observe();
    for (const deployment of deployments)
      await compare(deployment, () => this.#find(deployment, observed.get(deployment.id) ?? NOTHING));
  }

  async #find(deployment: Deployment, observed: Observed): Promise<Found | undefined> {
    if (msSince(deployment.updated_at) < STALE_MS) return undefined;
    const pod = deployment.status === "active" ? crashing(observed) : undefined;
    if (!pod) return { difference: clusterDifference(deployment, observed) };
    const crash = {
      detail: `Its pod has started again ${pod.restarts} times.`,
      howItEnds: `${pod.howItEnded}, ${pod.restarts} restarts`,
      lastLines: await this.#cluster.lastLines(pod.name),
    };
    return { crash };
  }
}
