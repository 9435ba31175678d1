// What the cluster has of Berth's deployments, by two watches for all of them.
import type { V1Pod, V1StatefulSet } from "@kubernetes/client-node";
import { asking, type Cluster, connect } from "./client.ts";
import { lastLines } from "./last-lines.ts";
import { DEPLOYMENT_LABEL, HELPER_LABEL } from "./names.ts";
import type { KubernetesPlace } from "./place.ts";
import { askedOf, finalReason, howItEnded, isReady, lastRunMs, lostSince, restartsOf } from "./pod-state.ts";
import { WatchedObjects } from "./watch-objects.ts";

export interface Observed {
  /** Undefined if there is no StatefulSet of it. */
  readonly set: ObservedSet | undefined;
  readonly pods: readonly ObservedPod[];
}

interface ObservedSet {
  readonly uid: string;
  /** How many pods its replicas ask for. */
  readonly replicas: number;
}

export interface ObservedPod {
  readonly name: string;
  readonly phase: string;
  readonly isReady: boolean;
  readonly isEnding: boolean;
  /** Since when its node does not answer; undefined if it does. */
  readonly lostSince: Date | undefined;
  /** Name of its node, for a sentence. */
  readonly node: string;
  readonly restarts: number;
  /** How long it ran before it was last started again, in ms; undefined if it never was, or that is not known. */
  readonly lastRunMs: number | undefined;
  readonly createdAt: Date;
  /** Hash of what it was asked to be. */
  readonly asked: string | undefined;
  /** For the end of a sentence. */
  readonly howItEnded: string;
  /** Why it does not run, as a sentence; undefined if it does, or is on its way. */
  readonly reason: string | undefined;
}

export const NOTHING: Observed = { set: undefined, pods: [] };

/** Each of its calls throws EngineAway when the API server does not answer, or refuses. */
export class ClusterObserver {
  readonly #cluster: Cluster;
  readonly #watched: WatchedObjects;

  /** Watches until the signal. */
  constructor(place: KubernetesPlace, signal: AbortSignal) {
    this.#cluster = connect(place);
    this.#watched = new WatchedObjects(this.#cluster, signal);
  }

  /** Waits until it is known what there is, or that time is over. */
  untilListed(withinMs: number): Promise<void> {
    return this.#watched.untilListed(withinMs);
  }

  /** Ids of deployments of which something has changed; none when that time is over. */
  changes(withinMs: number): Promise<readonly string[]> {
    return this.#watched.changes(withinMs);
  }

  /** By deployment id, without those of which there is nothing. */
  async observe(): Promise<Map<string, Observed>> {
    const { sets, pods } = await this.#watched.list();
    const found = new Map<string, { set: ObservedSet | undefined; pods: ObservedPod[] }>();
    const of = (labels: Readonly<Record<string, string>> | undefined) => {
      const id = labels?.[DEPLOYMENT_LABEL] ?? "";
      const known = found.get(id) ?? { set: undefined, pods: [] };
      found.set(id, known);
      return known;
    };
    for (const set of sets) of(set.metadata?.labels).set = asSet(set);
    for (const pod of pods)
      if (!pod.metadata?.labels?.[HELPER_LABEL])
        of(pod.metadata?.labels).pods.push(asPod(pod, this.#cluster.now()));
    return found;
  }

  /** The last lines of a pod's log, which may hold secrets. */
  lastLines(pod: string): Promise<string> {
    return asking(() => lastLines(this.#cluster, pod));
  }
}

function asSet({ metadata, spec }: V1StatefulSet): ObservedSet {
  return { uid: metadata?.uid ?? "", replicas: spec?.replicas ?? 1 };
}

function asPod(pod: V1Pod, now: number): ObservedPod {
  return {
    name: pod.metadata?.name ?? "",
    phase: pod.status?.phase ?? "Unknown",
    isReady: isReady(pod),
    isEnding: pod.metadata?.deletionTimestamp !== undefined,
    lostSince: lostSince(pod, now),
    node: pod.spec?.nodeName ?? "",
    restarts: restartsOf(pod),
    lastRunMs: lastRunMs(pod),
    createdAt: pod.metadata?.creationTimestamp ?? new Date(0),
    asked: askedOf(pod),
    howItEnded: howItEnded(pod),
    reason: finalReason(pod, now),
  };
}
