// What an assistant's stack on Kubernetes is made from.
import type { CommonArgs } from "../args.ts";
import type { KubernetesPlace } from "./place.ts";

export interface KubernetesArgs extends CommonArgs {
  readonly place: KubernetesPlace;
  /** Name of the claim with its data. */
  readonly claim: string;
  /** Of a fresh claim for what is restored. */
  readonly incoming: string | undefined;
  /** Absent until the deployment is activated. */
  readonly secrets: SecretsReference | undefined;
  /** Where the model gateway is, if that is no public address. */
  readonly gateway: GatewayAddress | undefined;
  /** Whether the claim is gone, and none is to take its place. */
  readonly dataGone: boolean;
  /** The operation that asks for this: each one checks again whether the cluster runs what it should. */
  readonly operation: string;
}

/** Where an assistant's secrets are. Holds none of them. */
export interface SecretsReference {
  /** Of a Secret: another one for other values. */
  readonly name: string;
  /** Names of the environment variables, which are the Secret's keys. */
  readonly keys: readonly string[];
}

export interface GatewayAddress {
  readonly cidr: string;
  readonly port: number;
}
