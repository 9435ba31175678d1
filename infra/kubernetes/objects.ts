// The objects that the cluster has of one deployment, by their kinds.
import type { V1ObjectMeta } from "@kubernetes/client-node";
import { type Cluster, codeOf, inWords } from "./client.ts";
import type { Kind } from "./kinds.ts";
import { DEPLOYMENT_LABEL, labelSelector } from "./names.ts";

export interface Found {
  readonly kind: Kind;
  readonly name: string;
  /** As Pulumi has it. */
  readonly id: string;
  readonly labels: Readonly<Record<string, string>>;
}

/** Those with the deployment's label. @throws Error of the API server, in words */
export async function listObjects(cluster: Cluster, deploymentId: string): Promise<Found[]> {
  const { core, apps, networking, namespace } = cluster;
  const asked = { namespace, labelSelector: labelSelector(deploymentId) };
  const lists = await inWords(() =>
    Promise.all([
      listOf("stateful set", apps.listNamespacedStatefulSet(asked)),
      listOf("network policy", networking.listNamespacedNetworkPolicy(asked)),
      listOf("service account", core.listNamespacedServiceAccount(asked)),
      listOf("pod", core.listNamespacedPod(asked)),
      listOf("claim", core.listNamespacedPersistentVolumeClaim(asked)),
    ]),
  );
  return lists.flat().map(({ kind, metadata }) => found(kind, namespace, metadata));
}

async function listOf(
  kind: Kind,
  list: Promise<{ readonly items: readonly { readonly metadata?: V1ObjectMeta }[] }>,
) {
  return (await list).items.map(({ metadata }) => ({ kind, metadata }));
}

function found(kind: Kind, namespace: string, metadata: V1ObjectMeta | undefined): Found {
  const { name = "", labels = {} } = metadata ?? {};
  return { kind, name, id: `${namespace}/${name}`, labels };
}

/** Whose an object of that name is; undefined if it is not there, null if it has no label of Berth's. */
export async function readOwner(
  { core, apps, networking, namespace }: Cluster,
  kind: Kind,
  name: string,
): Promise<string | null | undefined> {
  const asked = { name, namespace };
  const read = {
    "stateful set": () => apps.readNamespacedStatefulSet(asked),
    claim: () => core.readNamespacedPersistentVolumeClaim(asked),
    "network policy": () => networking.readNamespacedNetworkPolicy(asked),
    "service account": () => core.readNamespacedServiceAccount(asked),
    pod: () => core.readNamespacedPod(asked),
  } satisfies Record<Kind, () => Promise<{ readonly metadata?: V1ObjectMeta }>>;
  return inWords(async () => {
    try {
      const { metadata } = await read[kind]();
      return metadata?.labels?.[DEPLOYMENT_LABEL] ?? null;
    } catch (error) {
      if (codeOf(error) === 404) return undefined;
      throw error;
    }
  });
}

/** Asks for its end; one that is gone is as good. @throws Error of the API server, in words */
export async function deleteObject(
  cluster: Cluster,
  { kind, name }: Pick<Found, "kind" | "name">,
): Promise<void> {
  const { core, apps, networking, namespace } = cluster;
  const asked = { name, namespace };
  const remove = {
    // Its pods end first: what has its name must not make another one meanwhile.
    "stateful set": () => apps.deleteNamespacedStatefulSet({ ...asked, propagationPolicy: "Foreground" }),
    claim: () => core.deleteNamespacedPersistentVolumeClaim(asked),
    "network policy": () => networking.deleteNamespacedNetworkPolicy(asked),
    "service account": () => core.deleteNamespacedServiceAccount(asked),
    pod: () => core.deleteNamespacedPod(asked),
  } satisfies Record<Kind, () => Promise<unknown>>;
  await inWords(async () => {
    try {
      await remove[kind]();
    } catch (error) {
      if (codeOf(error) !== 404) throw error;
    }
  });
}
