// What the settings of the target kubernetes must be, and the place that they name.
import { z } from "zod";
import type { KubernetesNamespace } from "../../infra/kubernetes/place.ts";

const TARGET = "kubernetes";

/** A label of RFC 1123, as names of namespaces are. */
const label = z
  .string()
  .regex(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/, "must be the name of a namespace, e.g. berth");
/** Labels with dots between, as names of cluster-wide objects are. */
const name = z
  .string()
  .max(253)
  .regex(/^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/, "must be a name of Kubernetes, e.g. local-path");

export const kubernetesEnvironment = {
  BERTH_KUBERNETES_CONTEXT: z.string().min(1).optional(),
  BERTH_KUBERNETES_NAMESPACE: label.default("berth"),
  BERTH_KUBERNETES_STORAGE_CLASS: name.optional(),
  BERTH_KUBERNETES_DATA_SIZE: z
    .string()
    .regex(/^[1-9]\d{0,5}(Mi|Gi|Ti)$/, "must be a size, e.g. 10Gi")
    .default("10Gi"),
  BERTH_KUBERNETES_RUNTIME_CLASS: name.optional(),
};

type Read = z.infer<z.ZodObject<typeof kubernetesEnvironment>> & { readonly BERTH_TARGET: readonly string[] };

/** None unless kubernetes is among the targets. */
export function kubernetesPlaces(read: Read): KubernetesNamespace[] {
  if (!read.BERTH_TARGET.includes(TARGET)) return [];
  return [
    {
      target: TARGET,
      region: null,
      context: read.BERTH_KUBERNETES_CONTEXT ?? null,
      namespace: read.BERTH_KUBERNETES_NAMESPACE,
      storageClass: read.BERTH_KUBERNETES_STORAGE_CLASS ?? null,
      dataSize: read.BERTH_KUBERNETES_DATA_SIZE,
      runtimeClass: read.BERTH_KUBERNETES_RUNTIME_CLASS ?? null,
    },
  ];
}
