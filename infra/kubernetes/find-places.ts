// The namespace that deployments live in, looked up once at the start.
import type { Place } from "../target.ts";
import type { PlaceSearch } from "../target-row.ts";
import { type Cluster, codeOf, connect, wordsOf } from "./client.ts";
import type { KubernetesNamespace, KubernetesPlace } from "./place.ts";

/** @throws Error when the cluster refuses, or has no such namespace, with what to do */
export async function findPlaces(
  given: readonly Place[],
  _search: PlaceSearch,
): Promise<readonly KubernetesPlace[]> {
  return Promise.all(given.map((place) => findPlace(place as KubernetesNamespace)));
}

async function findPlace(place: KubernetesNamespace): Promise<KubernetesPlace> {
  return { ...place, namespaceUid: await readNamespaceUid(connect(place)) };
}

/** @throws Error with what to do */
export async function readNamespaceUid({ core, namespace }: Cluster): Promise<string> {
  try {
    const { metadata, status } = await core.readNamespace({ name: namespace });
    if (status?.phase === "Terminating") throw new Error(`The namespace ${namespace} is being deleted.`);
    return metadata?.uid ?? "";
  } catch (error) {
    if (codeOf(error) !== 404 && codeOf(error) !== 403) throw new Error(wordsOf(error), { cause: error });
    const advice = "Apply what `npm run -s berth -- kubernetes manifest` prints";
    throw new Error(`${wordsOf(error)}. ${advice}, as an administrator of the cluster.`, { cause: error });
  }
}
