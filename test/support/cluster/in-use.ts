// The cluster that kubectl and Berth are led to: the suite's, or the one that a program has started itself.
import { inject } from "vitest";

export interface ClusterInUse {
  readonly kubeconfig: string;
  /** Path of the program. */
  readonly kubectl: string;
}

let own: ClusterInUse | undefined;

/** For a program that is no test. */
export function use(cluster: ClusterInUse): void {
  own = cluster;
}

export function clusterInUse(): ClusterInUse {
  return own ?? inject("cluster");
}
