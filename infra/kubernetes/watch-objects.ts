// What a namespace has of Berth's StatefulSets and pods, kept up to date by two watches. The client lists again where the API server
// has forgotten from when on to watch (410).
import { setTimeout as sleep } from "node:timers/promises";
import {
  type Informer,
  type KubernetesObject,
  makeInformer,
  type ObjectCache,
  type V1Pod,
  type V1StatefulSet,
} from "@kubernetes/client-node";
import { EngineAway } from "../target.ts";
import { asking, type Cluster, wordsOf } from "./client.ts";
import { readNamespaceUid } from "./find-places.ts";
import { DEPLOYMENT_LABEL } from "./names.ts";

/** After a watch has failed. */
const AGAIN_AFTER_MS = 1_000;
/** A cut connection may be silent: the API server is asked something, too. */
const ANSWERS_WITHIN_MS = 8_000;

type Watched<T extends KubernetesObject> = Informer<T> & ObjectCache<T>;

export class WatchedObjects {
  readonly #cluster: Cluster;
  readonly #signal: AbortSignal;
  readonly #sets: Watched<V1StatefulSet>;
  readonly #pods: Watched<V1Pod>;
  /** Why a watch does not run; those that do are not in it. */
  readonly #away = new Map<object, unknown>();
  readonly #listed: Promise<unknown>;
  readonly #changed = new Set<string>();
  #onChange = () => {};

  /** Watches until the signal. */
  constructor(cluster: Cluster, signal: AbortSignal) {
    this.#cluster = cluster;
    this.#signal = signal;
    const { config, apps, core, namespace } = cluster;
    const asked = { namespace, labelSelector: DEPLOYMENT_LABEL };
    const make = <T extends KubernetesObject>(
      path: string,
      list: () => Promise<{ items: T[] }>,
    ): Watched<T> =>
      makeInformer(config, path, list as Parameters<typeof makeInformer<T>>[2], DEPLOYMENT_LABEL);
    this.#sets = make(`/apis/apps/v1/namespaces/${namespace}/statefulsets`, () =>
      apps.listNamespacedStatefulSet(asked),
    );
    this.#pods = make(`/api/v1/namespaces/${namespace}/pods`, () => core.listNamespacedPod(asked));
    this.#listed = Promise.all([this.#keepWatching(this.#sets), this.#keepWatching(this.#pods)]);
  }

  /** Waits until the first try to find out what there is has ended, or that time is over. */
  async untilListed(withinMs: number): Promise<void> {
    await Promise.race([this.#listed, sleep(withinMs, undefined, { signal: this.#signal }).catch(() => {})]);
  }

  /** Ids of the deployments of which something has changed since the last time; none when that time is over. */
  async changes(withinMs: number): Promise<readonly string[]> {
    if (this.#changed.size === 0) {
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#onChange = resolve;
      const late = new AbortController();
      const signal = AbortSignal.any([this.#signal, late.signal]);
      await Promise.race([promise, sleep(withinMs, undefined, { signal }).catch(() => {})]);
      late.abort();
    }
    const ids = [...this.#changed];
    this.#changed.clear();
    return ids;
  }

  /** Everything that is there, as the API server has said last. @throws EngineAway when it does not say what changes */
  async list(): Promise<{ readonly sets: readonly V1StatefulSet[]; readonly pods: readonly V1Pod[] }> {
    await asking(() => this.#assertAnswers());
    const [error] = this.#away.values();
    if (error !== undefined) throw new EngineAway(new Error(wordsOf(error), { cause: error }));
    return { sets: this.#sets.list(), pods: this.#pods.list().map(withDates) };
  }

  async #assertAnswers(): Promise<void> {
    const late = AbortSignal.timeout(ANSWERS_WITHIN_MS);
    const silence = new Promise<never>((_resolve, reject) =>
      late.addEventListener("abort", () =>
        reject(new Error("The Kubernetes API server is not reachable: no answer in time")),
      ),
    );
    await Promise.race([readNamespaceUid(this.#cluster), silence]);
  }

  #keepWatching<T extends KubernetesObject>(informer: Watched<T>): Promise<void> {
    this.#away.set(informer, new Error("The Kubernetes API server has not answered yet."));
    informer.on("change", ({ metadata }) => {
      this.#changed.add(metadata?.labels?.[DEPLOYMENT_LABEL] ?? "");
      this.#onChange();
    });
    informer.on("error", (error: unknown) => this.#startAgain(informer, error));
    this.#signal.addEventListener("abort", () => void informer.stop(), { once: true });
    return this.#start(informer);
  }

  #startAgain<T extends KubernetesObject>(informer: Watched<T>, error: unknown): void {
    this.#away.set(informer, error);
    void sleep(AGAIN_AFTER_MS, undefined, { signal: this.#signal })
      .then(() => this.#start(informer))
      .catch(() => {});
  }

  /** Its errors are events, but for those of its credentials: without one it watches then. */
  async #start<T extends KubernetesObject>(informer: Watched<T>): Promise<void> {
    const before = this.#away.get(informer);
    await informer.start().catch((error: unknown) => this.#startAgain(informer, error));
    if (this.#away.get(informer) === before) this.#away.delete(informer);
  }
}

/** A watch has moments as text where a list has them as dates. */
function withDates(pod: V1Pod): V1Pod {
  const { metadata, status } = pod;
  const date = (moment: Date | undefined) => moment && new Date(moment);
  return {
    ...pod,
    ...(metadata && {
      metadata: {
        ...metadata,
        ...{ creationTimestamp: date(metadata.creationTimestamp) },
        ...{ deletionTimestamp: date(metadata.deletionTimestamp) },
      },
    }),
    ...(status && {
      status: {
        ...status,
        conditions: status.conditions?.map((condition) => ({
          ...condition,
          lastTransitionTime: date(condition.lastTransitionTime),
        })),
      },
    }),
  } as V1Pod;
}
