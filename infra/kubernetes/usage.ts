// What an assistant uses, by the cluster's metrics API where it has one: that measures every 15 s or more, and knows of CPU and
// memory alone.
import type { V1Pod } from "@kubernetes/client-node";
import type { Usage } from "../found.ts";
import { type Cluster, codeOf, inWords } from "./client.ts";
import { ASSISTANT, podName } from "./names.ts";
import { quantity } from "./quantity.ts";
import { readPod } from "./settlement.ts";

interface Metrics {
  readonly containers: readonly {
    readonly name: string;
    readonly usage: { readonly cpu: string; readonly memory: string };
  }[];
}

/** Undefined if its container does not run. @throws Error of the API server, in words */
export async function measure(cluster: Cluster, deploymentId: string): Promise<Usage | undefined> {
  const pod = await readPod(cluster, deploymentId);
  const status = pod?.status?.containerStatuses?.find(({ name }) => name === ASSISTANT);
  const startedAt = status?.state?.running?.startedAt;
  if (!pod || !status || !startedAt) return undefined;
  const used = (await readMetrics(cluster, deploymentId))?.containers.find(({ name }) => name === ASSISTANT);
  return {
    cpuCores: used ? Math.round(quantity(used.usage.cpu) * 1000) / 1000 : null,
    memoryBytes: used ? quantity(used.usage.memory) : null,
    memoryLimitBytes: memoryLimit(pod),
    receivedBytes: null,
    sentBytes: null,
    restarts: status.restartCount,
    uptimeSeconds: Math.max(0, Math.round((Date.now() - new Date(startedAt).getTime()) / 1000)),
  };
}

function memoryLimit({ spec }: V1Pod): number {
  const container = spec?.containers.find(({ name }) => name === ASSISTANT);
  return quantity(container?.resources?.limits?.memory ?? "0");
}

/** Undefined where the cluster has no metrics API, or Berth may not ask it, or it has not measured the pod yet. */
async function readMetrics(
  { custom, namespace }: Cluster,
  deploymentId: string,
): Promise<Metrics | undefined> {
  const asked = { group: "metrics.k8s.io", version: "v1beta1", namespace, plural: "pods" };
  return inWords(async () => {
    try {
      return (await custom.getNamespacedCustomObject({ ...asked, name: podName(deploymentId) })) as Metrics;
    } catch (error) {
      if ([403, 404, 503].includes(codeOf(error) ?? 0)) return undefined;
      throw error;
    }
  });
}
