// Where deployments live on Kubernetes: one namespace of one cluster.
import type { Capabilities, Place } from "../target.ts";

/** A namespace as the operator has named it. */
export interface KubernetesNamespace extends Place {
  readonly target: "kubernetes";
  readonly region: null;
  /** Of the kubeconfig; null for its current one, or the cluster that Berth itself runs in. */
  readonly context: string | null;
  readonly namespace: string;
  /** Of the claims for data; null for the cluster's default class. */
  readonly storageClass: string | null;
  /** Of each claim, as a quantity of Kubernetes, e.g. `10Gi`. */
  readonly dataSize: string;
  /** Null for the cluster's default runtime. */
  readonly runtimeClass: string | null;
}

export interface KubernetesPlace extends KubernetesNamespace {
  /** Of the namespace: in another cluster, one of the same name has another. */
  readonly namespaceUid: string;
}

export function kubernetesCapabilities(): Capabilities {
  return {
    addresses: false,
    dataLimit: true,
    calls: true,
    rehearsal: false,
    preboot: false,
    backups: true,
  };
}
