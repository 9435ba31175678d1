// An assistant's data on Kubernetes: a claim, reached through a pod that mounts it while the assistant's own does not run.
import { setTimeout as sleep } from "node:timers/promises";
import { IMAGE_UID } from "../assistant/image-contract.ts";
import { assertSame, Summing } from "../backups/sums.ts";
import { ownedBy } from "../backups/tar-owner.ts";
import { type AssistantData, DataUntouched, type DataWanted } from "../target.ts";
import { claimOf } from "./claim.ts";
import { type Cluster, inWords, unlessGone, unlessPassing, wordsOf } from "./client.ts";
import { readFrom, writeTo } from "./exec.ts";
import { haltAssistant, startAssistant } from "./halt.ts";
import { HELPER, withHelper } from "./helper-pod.ts";
import { deleteObject } from "./objects.ts";
import type { KubernetesPlace } from "./place.ts";
import { DATA_FOLDER, VOLUME_PATH } from "./pod.ts";
import { finalReason, isReady } from "./pod-state.ts";
import { readPod } from "./settlement.ts";
import { askStarted } from "./started.ts";

const EMPTY_ARCHIVE = Buffer.alloc(1024);
const LOOK_EVERY_MS = 500;
const PACK = ["tar", "-c", "-f", "-", "-C", VOLUME_PATH, DATA_FOLDER];
const UNPACK = ["tar", "-x", "-p", "-f", "-", "-C", VOLUME_PATH];

type Pieces = AsyncIterable<Uint8Array> | Iterable<Uint8Array>;

export function kubernetesData(cluster: Cluster, place: KubernetesPlace, wanted: DataWanted): AssistantData {
  const { deploymentId, image, volume, incoming } = wanted;
  const data: Mounted = { cluster, place, deploymentId, image, claim: claimOf(deploymentId, volume) };
  return {
    halt: () => haltAssistant(cluster, deploymentId),
    start: async () => void (await startAssistant(cluster, deploymentId)),
    untilStarted: (_endpoint, timeoutSeconds) => untilStarted(cluster, deploymentId, timeoutSeconds),
    read: (signal) => read(data, signal),
    async replace(archive, signal) {
      if (incoming === undefined) throw new DataUntouched("There is no claim for what is to be restored.");
      await fill({ ...data, claim: claimOf(deploymentId, incoming) }, archive, signal);
    },
  };
}

interface Mounted {
  readonly cluster: Cluster;
  readonly place: KubernetesPlace;
  readonly deploymentId: string;
  readonly image: string;
  readonly claim: string;
}

/** As if it were the image's user's. An archive without an entry if there is no claim. */
async function* read(data: Mounted, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  if (!(await hasClaim(data))) yield EMPTY_ARCHIVE;
  else yield* ownedBy(IMAGE_UID, throughHelper(data, signal));
}

function throughHelper(data: Mounted, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  return withHelper(data.cluster, data.place, data, (pod) => packed(data, pod, signal));
}

function packed({ cluster }: Mounted, pod: string, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  return readFrom(cluster, { pod, container: HELPER, command: PACK }, signal);
}

/**
 * Unpacks an archive into a claim that is there and empty, and reads it back: only what is whole is ever taken for the
 * deployment's data. Otherwise the claim is removed.
 */
async function fill(data: Mounted, archive: Pieces, signal: AbortSignal): Promise<void> {
  const { cluster, claim } = data;
  try {
    if (!(await hasClaim(data))) throw new Error(`The claim ${claim} is not there.`);
    const put = withHelper(cluster, data.place, data, (pod) => unpacked(data, pod, archive, signal));
    for await (const _nothing of put);
  } catch (error) {
    await deleteObject(cluster, { kind: "claim", name: claim }).catch(() => {});
    throw new DataUntouched(`The backup could not be put in place: ${wordsOf(error)}`, { cause: error });
  }
}

// biome-ignore lint/correctness/useYield: It is work for a helper pod, which nothing comes out of.
async function* unpacked(
  data: Mounted,
  pod: string,
  archive: Pieces,
  signal: AbortSignal,
): AsyncGenerator<never> {
  const [given, found] = [new Summing(), new Summing()];
  const inside = { pod, container: HELPER, command: UNPACK };
  await writeTo(data.cluster, inside, given.over(archive), signal);
  for await (const _piece of found.over(packed(data, pod, signal)));
  assertSame(given.sums, found.sums);
}

async function hasClaim({ cluster, claim }: Mounted): Promise<boolean> {
  const { core, namespace } = cluster;
  const asked = { name: claim, namespace };
  return (
    (await inWords(() => core.readNamespacedPersistentVolumeClaim(asked).catch(unlessGone))) !== undefined
  );
}

async function untilStarted(cluster: Cluster, deploymentId: string, timeoutSeconds: number): Promise<void> {
  for (const deadline = performance.now() + timeoutSeconds * 1000; ; await sleep(LOOK_EVERY_MS)) {
    const pod = await readPod(cluster, deploymentId).catch(unlessPassing);
    if (pod && isReady(pod) && (await askStarted(cluster, deploymentId)).says === "started") return;
    const reason = pod && finalReason(pod, cluster.now());
    if (reason) throw new Error(reason);
    if (performance.now() > deadline)
      throw new Error(`The assistant did not become ready within ${timeoutSeconds} s.`);
  }
}
