// What Kubernetes, and Berth of it, say when an operation fails. Data alone: it is loaded on every target.
import type { ErrorText } from "../target-row.ts";

/** The first that matches counts: Berth's own sentences come before words that the cluster puts into them. */
export const KUBERNETES_ERROR_TEXTS: readonly ErrorText[] = [
  {
    pattern:
      /The cluster can't pull its image: .*(unauthorized|no basic auth|\bdenied\b|authentication required)/is,
    code: "IMAGE_ACCESS_REFUSED",
  },
  { pattern: /The cluster can't pull its image/, code: "IMAGE_UNAVAILABLE" },
  {
    pattern: /exceeded quota/i,
    code: "QUOTA_EXCEEDED",
    sentence:
      "A quota of the cluster's namespace is used up. What exists was kept; redeploy when the operator has had it raised.",
  },
  {
    pattern:
      /violates PodSecurity|admission webhook .* denied|ValidatingAdmissionPolicy .* denied|The cluster's policy refuses its pod/i,
    code: "POLICY_REFUSED",
    sentence:
      "A policy of the cluster refuses the assistant's objects. What exists was kept; redeploy when the operator has had it changed.",
  },
  {
    pattern: /failed calling webhook/,
    code: "POLICY_REFUSED",
    sentence:
      "A webhook of the cluster, without which nothing is let through, does not answer. What exists was kept; redeploy when the operator has mended it.",
  },
  {
    pattern: /because it is being terminated/,
    code: "CLUSTER_ACCESS_REFUSED",
    sentence:
      "The cluster's namespace is being deleted, and what is in it with it. Redeploy when the operator has made it again; the data comes back by a restore alone.",
  },
  {
    // The scheduler's words, older and newer: the volume is of another node, or of another zone.
    pattern:
      /No node takes its pod: .*(volume node affinity conflict|PersistentVolume's node affinity|no available volume zone)/i,
    code: "VOLUME_OUT_OF_REACH",
    sentence:
      "No node that can have the assistant's volume takes the assistant. Its data is kept; redeploy when the operator has made room there, or has brought the node back.",
  },
  {
    // Where a node has as many volumes as it can, another node helps.
    pattern: /No node takes its pod: .*(PersistentVolumeClaim|volume(?! count))|; ProvisioningFailed: /i,
    code: "VOLUME_UNBOUND",
    sentence:
      "The cluster gives the assistant's data no volume. What exists was kept; redeploy when the operator has mended the storage class.",
  },
  {
    pattern: /No node takes its pod/,
    code: "CLUSTER_FULL",
    sentence:
      "No node of the cluster has room for the assistant. Its data is kept; redeploy when the operator has added some.",
  },
  {
    pattern: /Its pod was evicted/,
    code: "EVICTED",
    sentence:
      "The cluster has ended the assistant for using more of a node than there is. Its data is kept; redeploy when the operator has looked at the node.",
  },
  {
    pattern: /OOMKilled/,
    code: "OUT_OF_MEMORY",
    sentence:
      "The assistant needs more memory than it may have, and ends again and again. Its data is kept; redeploy when the operator has raised BERTH_MEMORY_MIB.",
  },
  {
    pattern: /The node of its pod does not answer/,
    code: "NODE_LOST",
    sentence:
      "The node that the assistant runs on does not answer. Its data is kept; redeploy when the operator has brought the node back, or removed it from the cluster.",
  },
  {
    pattern: /Apply failed with \d+ conflict|conflicts? with "|field managed by/i,
    code: "CHANGED_BY_ANOTHER",
    sentence:
      "Somebody else has changed the assistant's objects in the cluster, and Berth takes nothing from them. What exists was kept; redeploy when the operator has given the fields back.",
  },
  {
    // Of a pod that was removed while it still runs, or a token that has expired: another worker may have others.
    pattern:
      /refuses Berth's credentials|configured Kubernetes cluster is unreachable: .*Unauthorized|must be logged in to the server|asked for the client to provide credentials/i,
    code: "ENGINE_UNAVAILABLE",
    sentence:
      "The cluster does not take Berth's credentials. What exists was kept; try again when the operator has renewed them.",
  },
  {
    pattern:
      /The Kubernetes API server refuses Berth|is forbidden: User|configured Kubernetes cluster is unreachable: .*forbidden/i,
    code: "CLUSTER_ACCESS_REFUSED",
    sentence:
      "The cluster does not let Berth do this. What exists was kept; redeploy, or delete again, when the operator has given it the rights.",
  },
  {
    pattern: /The Kubernetes API server is not reachable|configured Kubernetes cluster is unreachable/i,
    code: "ENGINE_UNAVAILABLE",
  },
];
