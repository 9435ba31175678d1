// The kinds of objects that a deployment has. Apart from what asks the cluster: doctor, which every server loads, names them.

export type Kind = "stateful set" | "claim" | "network policy" | "service account" | "pod";

/** By Pulumi's types. */
export const KINDS: ReadonlyMap<string, Kind> = new Map([
  ["kubernetes:apps/v1:StatefulSet", "stateful set"],
  ["kubernetes:core/v1:PersistentVolumeClaim", "claim"],
  ["kubernetes:networking.k8s.io/v1:NetworkPolicy", "network policy"],
  ["kubernetes:core/v1:ServiceAccount", "service account"],
]);
