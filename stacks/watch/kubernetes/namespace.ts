// Starts the watcher of a namespace of Kubernetes. Its code, and the cluster's client with it, are loaded only then.
import type { KubernetesPlace } from "../../../infra/kubernetes/place.ts";
import { type Parts, watchData } from "./measure-data.ts";

/** Starts looking at the assistants of a namespace. Each of the returned functions ends a part of it. */
export function watchCluster(parts: Parts, place: KubernetesPlace): (() => Promise<void>)[] {
  const watching = import("./watch.ts")
    .then(({ watchNamespace }) => watchNamespace(parts, place))
    .catch((error: unknown) => parts.log.error({ err: error }, `${place.namespace} is not watched`));
  return [async () => (await watching)?.(), watchData(parts, place)];
}
