// What an assistant's stack on Kubernetes is made from.
import type { CommonArgs } from "../args.ts";
import type { KubernetesPlace } from "./place.ts";

export interface KubernetesArgs extends CommonArgs {
  readonly place: KubernetesPlace;
  /** Name of the claim with its data. */
  readonly claim: string;
  /** Of a fresh claim for what is restored. */
  readonly incoming: string | undefined;
  /** Where the model gateway is, if that is no public address. */
  readonly gateway: GatewayAddress | undefined;
  /** Whether the claim is gone, and none is to take its place. */
  readonly dataGone: boolean;
  /** The operation that asks for this: each one checks again whether the cluster runs what it should. */
  readonly operation: string;
}

export interface GatewayAddress {
  readonly cidr: string;
  readonly port: number;
}
