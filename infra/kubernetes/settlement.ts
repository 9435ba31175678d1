// Whether the cluster runs what was asked for. A StatefulSet that was accepted says nothing of its pod: the pod is looked at, one
// that is another than asked for is ended, and what keeps it from starting is reported long before the deadline.
import { setTimeout as sleep } from "node:timers/promises";
import type { V1Pod, V1StatefulSet } from "@kubernetes/client-node";
import { marked } from "../assistant/own-words.ts";
import { UNFIT_AFTER_MS, unfitSentence } from "../assistant/startup-answer.ts";
import { counted } from "../sentences.ts";
import { LAST_LINES } from "../target.ts";
import { type Cluster, codeOf, inWords, mayPass, unlessGone, unlessPassing } from "./client.ts";
import { lastLines } from "./last-lines.ts";
import { ASKED_ANNOTATION, podName, setName } from "./names.ts";
import {
  askedOf,
  finalReason,
  howItEnded,
  isBackingOff,
  isLost,
  isReady,
  LOST,
  refusedPod,
} from "./pod-state.ts";
import { askStarted } from "./started.ts";
import { readEvents, readTrouble } from "./trouble.ts";

/** As long as an assistant of a small image takes; what takes longer is asked less often. */
const POLL_MS = { first: 100, later: 500 };
const OFTEN_FOR_MS = 15_000;
const STOP_TIMEOUT_SECONDS = 180;
/** A set that has made no pod for so long is kept from it. */
const NO_POD_AFTER_MS = 10_000;

export interface Asked {
  readonly deploymentId: string;
  /** Hash of the pod's spec. */
  readonly asked: string;
  readonly replicas: 0 | 1;
  readonly timeoutSeconds: number;
  /** Name of the claim with its data. */
  readonly claim?: string;
}

/** @throws Error that says why not, after the deadline at the latest; with the last lines of its log, which may hold secrets */
export async function settle(cluster: Cluster, asked: Asked, ask = askStarted): Promise<void> {
  if (asked.replicas === 0) return untilNoPod(cluster, asked.deploymentId);
  const settling = new Settling(cluster, asked, ask);
  const startedAt = performance.now();
  const deadline = startedAt + asked.timeoutSeconds * 1000;
  while (performance.now() < deadline) {
    if (await settling.look()) return;
    await pause(startedAt);
  }
  await settling.giveUp();
}

/** @throws Error when its pod does not end */
export async function untilNoPod(cluster: Cluster, deploymentId: string): Promise<void> {
  const startedAt = performance.now();
  const deadline = startedAt + STOP_TIMEOUT_SECONDS * 1000;
  for (; ; await pause(startedAt)) {
    const found = await readBoth(cluster, deploymentId).catch(unlessPassing);
    if (found && !found.pod && isSeen(found.set)) return;
    if (found?.pod && isLost(found.pod, cluster.now())) throw new Error(LOST);
    if (performance.now() > deadline)
      throw new Error(`The assistant did not stop within ${STOP_TIMEOUT_SECONDS} s.`);
  }
}

async function pause(startedAt: number): Promise<void> {
  const isEarly = performance.now() - startedAt < OFTEN_FOR_MS;
  await sleep(isEarly ? POLL_MS.first : POLL_MS.later);
}

/** The set first: one that has seen what was asked of it makes no pod any more. */
async function readBoth(cluster: Cluster, deploymentId: string) {
  const set = await readSet(cluster, deploymentId);
  return { set, pod: await readPod(cluster, deploymentId) };
}

/** Whether what was asked of the set last is what its status is about. */
function isSeen(set: V1StatefulSet | undefined): boolean {
  return (set?.status?.observedGeneration ?? 0) >= (set?.metadata?.generation ?? 0);
}

class Settling {
  readonly #cluster: Cluster;
  readonly #asked: Asked;
  readonly #ask: typeof askStarted;
  /** When there was no pod for the first time in a row, and when one answered last as an assistant. */
  #podlessSince: number | undefined;
  #fitAt = performance.now();
  #hasHealed = false;
  /** Of the pod, for the end of a sentence. */
  #last = "no pod of it was seen";

  constructor(cluster: Cluster, asked: Asked, ask: typeof askStarted) {
    this.#cluster = cluster;
    this.#asked = asked;
    this.#ask = ask;
  }

  /** @returns whether it is as asked for @throws Error when that can't become so */
  async look(): Promise<boolean> {
    try {
      return await this.#look();
    } catch (error) {
      if (!mayPass(error)) throw error;
      return this.#wait((error as Error).message);
    }
  }

  async #look(): Promise<boolean> {
    const { deploymentId, asked } = this.#asked;
    const [set, pod] = await Promise.all([
      readSet(this.#cluster, deploymentId),
      readPod(this.#cluster, deploymentId),
    ]);
    assertAsAsked(set, asked);
    if (!pod) return this.#withoutPod();
    this.#podlessSince = undefined;
    if (pod.metadata?.deletionTimestamp) {
      if (isLost(pod, this.#cluster.now())) throw new Error(LOST);
      return this.#wait("the pod before it ends");
    }
    // One that starts again and again waits longer each time: a fresh one starts at once.
    const isToHeal = !this.#hasHealed && isBackingOff(pod);
    this.#hasHealed = true;
    if (askedOf(pod) !== asked || isToHeal) {
      await endPod(this.#cluster, pod);
      return this.#wait("the pod before it ends");
    }
    const reason = finalReason(pod, this.#cluster.now());
    if (reason) await this.#fail(reason);
    if (!isReady(pod)) return this.#wait(`its pod is ${pod.status?.phase ?? "unknown"}, ${howItEnded(pod)}`);
    return this.#hasStarted();
  }

  async #hasStarted(): Promise<boolean> {
    const answer = await this.#ask(this.#cluster, this.#asked.deploymentId);
    if (answer.says === "started") return true;
    if (answer.isFit) this.#fitAt = performance.now();
    else if (performance.now() - this.#fitAt > UNFIT_AFTER_MS) await this.#fail(unfitSentence(answer));
    return this.#wait(`last answer: ${answer.says}`);
  }

  async #withoutPod(): Promise<boolean> {
    this.#podlessSince ??= performance.now();
    if (performance.now() - this.#podlessSince > NO_POD_AFTER_MS) {
      const reason = refusedPod(await readEvents(this.#cluster, setName(this.#asked.deploymentId)));
      if (reason) throw new Error(reason);
    }
    return this.#wait("the cluster has made no pod of it");
  }

  /** @throws Error with what the cluster reports of its pod */
  async giveUp(): Promise<never> {
    const { deploymentId, timeoutSeconds, claim } = this.#asked;
    const read = readTrouble(this.#cluster, podName(deploymentId), claim);
    const trouble = await read.catch(unlessPassing);
    const why = trouble === undefined ? this.#last : `${this.#last}; ${trouble}`;
    return this.#fail(`The assistant did not become ready within ${timeoutSeconds} s; ${why}.`);
  }

  #wait(last: string): false {
    this.#last = last;
    return false;
  }

  /** @throws Error with that sentence, and what the assistant has written last */
  async #fail(sentence: string): Promise<never> {
    const words = await lastLines(this.#cluster, podName(this.#asked.deploymentId)).catch(() => "");
    throw new Error(words === "" ? sentence : `${sentence}\n${LAST_LINES}\n${marked(words)}`);
  }
}

function assertAsAsked(set: V1StatefulSet | undefined, asked: string): void {
  if (!set) throw new Error("The cluster does not have the assistant's StatefulSet.");
  const { metadata, spec } = set;
  const found = spec?.template.metadata?.annotations?.[ASKED_ANNOTATION];
  if (found === asked && spec?.replicas === 1) return;
  const what = found === asked ? counted(spec?.replicas ?? 1, "replica") : "another pod";
  throw new Error(
    `The assistant's StatefulSet was changed meanwhile: it asks for ${what}; conflict with "${managersOf(metadata)}"`,
  );
}

function managersOf(metadata: V1StatefulSet["metadata"]): string {
  return (metadata?.managedFields ?? []).map(({ manager }) => manager).join(", ");
}

export async function readSet(
  { apps, namespace }: Cluster,
  deploymentId: string,
): Promise<V1StatefulSet | undefined> {
  const asked = { name: setName(deploymentId), namespace };
  return inWords(() => apps.readNamespacedStatefulSet(asked).catch(unlessGone));
}

export async function readPod(
  { core, namespace }: Cluster,
  deploymentId: string,
): Promise<V1Pod | undefined> {
  const asked = { name: podName(deploymentId), namespace };
  return inWords(() => core.readNamespacedPod(asked).catch(unlessGone));
}

/** In good order, and that very pod: one of its name that came meanwhile stays. */
async function endPod({ core, namespace }: Cluster, { metadata }: V1Pod): Promise<void> {
  const { name = "", uid = "" } = metadata ?? {};
  const body = { preconditions: { uid } };
  await inWords(() =>
    core.deleteNamespacedPod({ name, namespace, body }).catch((error: unknown) => {
      if (codeOf(error) !== 404 && codeOf(error) !== 409) throw error;
    }),
  );
}
