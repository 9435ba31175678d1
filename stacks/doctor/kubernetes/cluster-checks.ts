// The cluster itself, and what deployments have left behind in it.
import type { Check as ClusterCheck } from "../../../infra/kubernetes/check.ts";
import { type Check, type Complaint, error, inWords, warning } from "../check.ts";
import type { Stray } from "../target-audit.ts";

export interface OfCluster {
  readonly cluster: { readonly checks: readonly ClusterCheck[]; readonly strays: readonly Stray[] } | "away";
}

export const CLUSTER_CHECKS: readonly Check<OfCluster>[] = [
  { name: "cluster", look: clusterAnswers },
  { name: "cluster-needs", look: nothingIsMissing },
  { name: "leftover-parts", look: noPartsAreLeft },
];

function clusterAnswers({ cluster }: OfCluster): Complaint[] {
  if (cluster !== "away") return [];
  const advice = "Look at Berth's log for why: its network, its credentials, or the cluster.";
  return [error("The Kubernetes API server: expected to answer, found that it doesn't.", advice)];
}

function nothingIsMissing({ cluster }: OfCluster): Complaint[] {
  if (cluster === "away") return [];
  return cluster.checks
    .filter(({ state }) => state === "missing")
    .map(({ name, message }) =>
      error(
        `The cluster's ${name}: expected as Berth needs it, found otherwise. ${message}`,
        "Apply what `npm run -s berth -- kubernetes manifest` prints, as an administrator of the cluster.",
      ),
    );
}

function noPartsAreLeft({ cluster }: OfCluster): Complaint[] {
  if (cluster === "away") return [];
  return cluster.strays.map(({ deploymentId: id, was, what }) =>
    was === "deleted"
      ? error(
          `What the cluster has of the deleted deployment ${id}: expected nothing, found ${inWords(what)}.`,
          `Look at it, then: kubectl delete statefulset,pod,pvc,networkpolicy,serviceaccount,secret --selector berth.dev/deployment=${id}`,
        )
      : warning(
          `What the cluster has for deployments: expected those of this installation, found ${inWords(what)}: unknown to this installation.`,
          "Nothing, if another installation shares this namespace; remove it by kubectl otherwise.",
        ),
  );
}
