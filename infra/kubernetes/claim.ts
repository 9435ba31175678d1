// The claim for an assistant's data, and how a record names it. Pure.
import { claimName } from "./names.ts";
import type { KubernetesPlace } from "./place.ts";

export function claimSpec({ storageClass, dataSize }: KubernetesPlace) {
  return {
    accessModes: ["ReadWriteOnce"],
    ...(storageClass !== null && { storageClassName: storageClass }),
    resources: { requests: { storage: dataSize } },
  };
}

/** A claim as a deployment's record has it: with the uid of its namespace, which no other cluster has. */
export function volumeText({ namespaceUid }: Pick<KubernetesPlace, "namespaceUid">, claim: string): string {
  return `${namespaceUid}/${claim}`;
}

/** Name of the claim with a deployment's data: by its record, or under the name that it has until its first restore. */
export function claimOf(deploymentId: string, recorded: string | null | undefined): string {
  return recorded?.split("/").at(-1) ?? claimName(deploymentId);
}

/** @throws Error when the record is of another cluster, or of another namespace: there all that it has would look removed */
export function assertSameNamespace(
  { namespace, namespaceUid, context }: KubernetesPlace,
  deploymentId: string,
  recorded: string | null | undefined,
): void {
  const [uid, claim] = recorded?.split("/") ?? [];
  if (!claim || uid === namespaceUid) return;
  const where = context === null ? "" : ` of the context ${context}`;
  throw new Error(
    `The deployment ${deploymentId} lives in another cluster than the namespace ${namespace}${where}, or in another namespace. Set BERTH_KUBERNETES_CONTEXT and BERTH_KUBERNETES_NAMESPACE as they were.`,
  );
}
