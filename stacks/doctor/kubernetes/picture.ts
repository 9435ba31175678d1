// What a cluster holds of a deployment, for its checks.
import type { Holding } from "../../../infra/kubernetes/inventory.ts";
import type { Picture } from "../picture.ts";

export type InCluster = Picture & {
  readonly held: Holding;
  /** Whether its Secret holds what the record says; undefined if that can't be seen. */
  readonly isSecretCurrent: boolean | undefined;
};

type Pod = Holding["pods"][number];

export interface OfPod {
  readonly picture: InCluster;
  readonly pod: Pod;
}
