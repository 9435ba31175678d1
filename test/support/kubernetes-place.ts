// A namespace as Berth has found it, for tests that ask no cluster.
import type { KubernetesPlace } from "../../infra/kubernetes/place.ts";

export const NAMESPACE_UID = "5f0c2b2e-7a0a-4d31-9f0e-0a7b1e0d6c11";

export const PLACE: KubernetesPlace = {
  target: "kubernetes",
  region: null,
  context: "test",
  namespace: "assistants",
  storageClass: "local-path",
  dataSize: "5Gi",
  runtimeClass: null,
  namespaceUid: NAMESPACE_UID,
};
