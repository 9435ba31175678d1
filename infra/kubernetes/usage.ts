// What an assistant uses, by the cluster's metrics API where it has one: that measures every 15 s or more, and knows of CPU and
// memory alone.
import type { V1Pod } from "@kubernetes/client-node";
import type { Reading, Usage } from "../found.ts";
import { type Cluster, codeOf, inWords } from "./client.ts";
import { ASSISTANT, podName } from "./names.ts";
import { quantity } from "./quantity.ts";
import { readPod } from "./settlement.ts";

interface Metrics {
  readonly metadata: { readonly name: string };
  readonly timestamp?: string;
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
    ...(used ? usedBy(used) : { cpuCores: null, memoryBytes: null }),
    memoryLimitBytes: memoryLimit(pod),
    receivedBytes: null,
    sentBytes: null,
    restarts: status.restartCount,
    uptimeSeconds: Math.max(0, Math.round((cluster.now() - new Date(startedAt).getTime()) / 1000)),
  };
}

/** What the cluster has measured of the pods of those deployments, by one call. @throws Error as measure() */
export async function readUsage(
  cluster: Cluster,
  deploymentIds: readonly string[],
): Promise<ReadonlyMap<string, Reading>> {
  const ids = new Map(deploymentIds.map((id) => [podName(id), id]));
  const found = new Map<string, Reading>();
  for (const { metadata, timestamp, containers } of await listMetrics(cluster)) {
    const id = ids.get(metadata.name);
    const used = containers.find(({ name }) => name === ASSISTANT);
    if (!id || !used) continue;
    found.set(id, {
      at: timestamp ? new Date(timestamp) : new Date(),
      run: "",
      cpuSeconds: null,
      ...usedBy(used),
      receivedBytes: null,
      sentBytes: null,
    });
  }
  return found;
}

function usedBy({ usage }: Metrics["containers"][number]) {
  return {
    cpuCores: Math.round(quantity(usage.cpu) * 1000) / 1000,
    memoryBytes: quantity(usage.memory),
  };
}

function memoryLimit({ spec }: V1Pod): number {
  const container = spec?.containers.find(({ name }) => name === ASSISTANT);
  return quantity(container?.resources?.limits?.memory ?? "0");
}

const METRICS = { group: "metrics.k8s.io", version: "v1beta1", plural: "pods" };
/** The cluster has no metrics API, or Berth may not ask it, or it has not measured the pod yet. */
const UNMEASURED: readonly (number | undefined)[] = [403, 404, 503];

async function readMetrics(
  { custom, namespace }: Cluster,
  deploymentId: string,
): Promise<Metrics | undefined> {
  const name = podName(deploymentId);
  return ifMeasured(() => custom.getNamespacedCustomObject({ ...METRICS, namespace, name }));
}

async function listMetrics({ custom, namespace }: Cluster): Promise<readonly Metrics[]> {
  const listed = await ifMeasured<{ readonly items: readonly Metrics[] }>(() =>
    custom.listNamespacedCustomObject({ ...METRICS, namespace }),
  );
  return listed?.items ?? [];
}

function ifMeasured<T>(ask: () => Promise<unknown>): Promise<T | undefined> {
  return inWords(async () => {
    try {
      return (await ask()) as T;
    } catch (error) {
      if (UNMEASURED.includes(codeOf(error))) return undefined;
      throw error;
    }
  });
}
