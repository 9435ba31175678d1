// The target kubernetes: assistants in one namespace of a cluster, each a StatefulSet of one pod.
import type { Target } from "../target.ts";
import { type Cluster, connect, wordsOf } from "./client.ts";
import { compareWithState } from "./compare.ts";
import { kubernetesData } from "./data.ts";
import { readNamespaceUid } from "./find-places.ts";
import { startAssistant } from "./halt.ts";
import { openLogs } from "./logs.ts";
import { measureData } from "./measure-data.ts";
import { helperName } from "./names.ts";
import type { KubernetesPlace } from "./place.ts";
import { removeAll, removeHelper, removeSet, removeStrays } from "./remove.ts";
import { keepSecrets, removeSecrets } from "./secret.ts";
import { kubernetesConfig } from "./stack-config.ts";
import { measure, readUsage } from "./usage.ts";
import { wayInside } from "./way-inside.ts";

export { findPlaces } from "./find-places.ts";

export function open(place: KubernetesPlace): Target {
  const cluster = connect(place);
  return {
    assertAnswers: (timeoutMs) => assertAnswers(cluster, place, timeoutMs),
    // A reference is handed on as it is: the kubelet resolves it, with the cluster's own credentials.
    pinImage: async (reference) => reference,
    findPin: async (reference) => reference,
    stackConfig: (deployment, goal) => kubernetesConfig(place, deployment, goal),
    keepSecrets: ({ deploymentId }) => keepSecrets(cluster, deploymentId),
    dropSecrets: ({ deploymentId }) => removeSecrets(cluster, deploymentId),
    // Its operation ends a pod that is another one than was asked for.
    isInTheWay: async () => false,
    async clearTheWay(deploymentId, { which }) {
      if (which === "every") return removeSet(cluster, deploymentId);
      // After a backup that was cut off: what Pulumi is to change must be nobody else's.
      return (await startAssistant(cluster, deploymentId)) ? 1 : 0;
    },
    // Nothing measures it; what a dead backup has left is removed.
    releaseData: (deploymentId) => removeHelper(cluster, deploymentId, helperName(deploymentId)),
    compare: (deploymentId, resources, dataVolume) =>
      compareWithState(cluster, deploymentId, resources, dataVolume),
    removeStrays: (deploymentId, known, kept) => removeStrays(cluster, deploymentId, known, kept),
    removeAll: (deploymentId) => removeAll(cluster, deploymentId),
    // The cluster itself hands out what its pods have.
    occupied: async () => [],
    data: async (wanted) => kubernetesData(cluster, place, wanted),
    measureData: (deploymentId) => measureData(cluster, deploymentId),
    wayTo: (deploymentId) => wayInside(cluster, deploymentId),
    openLogs: (deploymentId, wanted, signal) => openLogs(cluster, deploymentId, wanted, signal),
    measure: (deploymentId) => measure(cluster, deploymentId),
    readUsage: (deploymentIds) => readUsage(cluster, deploymentIds),
  };
}

/** @throws Error when it does not answer in time, or the namespace is another one than at the start */
async function assertAnswers(cluster: Cluster, place: KubernetesPlace, timeoutMs: number): Promise<void> {
  const late = AbortSignal.timeout(timeoutMs);
  const timeout = new Promise<never>((_resolve, reject) =>
    late.addEventListener("abort", () => reject(new Error("ETIMEDOUT"))),
  );
  const uid = await Promise.race([readNamespaceUid(cluster), timeout]).catch((error: unknown) => {
    const words = late.aborted
      ? "The Kubernetes API server is not reachable: no answer in time"
      : wordsOf(error);
    throw new Error(words, { cause: error });
  });
  if (uid === place.namespaceUid) return;
  throw new Error(
    `The namespace ${place.namespace} is another one than when Berth started: the cluster, or the namespace, was replaced. Start Berth again when it is the one that it was.`,
  );
}
