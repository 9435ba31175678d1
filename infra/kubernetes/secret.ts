// An assistant's secrets as a Secret of the cluster. Berth makes it itself: neither Pulumi's state nor its config holds a value.
// Another name for other values: a pod that runs on, or is started again, has those that it was asked to have.
import type { V1Secret } from "@kubernetes/client-node";
import type { SecretsReference } from "./args.ts";
import { type Cluster, codeOf, inWords } from "./client.ts";
import { isSecretName, labelSelector, labels, secretName } from "./names.ts";

/**
 * Has these values in a Secret. Asked for again, it changes nothing.
 * @param fingerprint keyed hash of the values
 * @throws Error when the cluster refuses, or somebody else has a Secret of that name
 */
export async function putSecret(
  cluster: Cluster,
  deploymentId: string,
  values: Readonly<Record<string, string>>,
  fingerprint: string,
): Promise<SecretsReference> {
  const name = secretName(deploymentId, fingerprint);
  await create(cluster, deploymentId, name, { stringData: { ...values } });
  return { name, keys: Object.keys(values).toSorted() };
}

/** The deployment's Secrets as they are now; undefined if it has none. */
export async function keepSecrets(
  cluster: Cluster,
  deploymentId: string,
): Promise<{ putBack(): Promise<void> } | undefined> {
  const kept = await list(cluster, deploymentId);
  if (kept.length === 0) return undefined;
  return {
    async putBack() {
      for (const { metadata, data = {} } of kept)
        await create(cluster, deploymentId, metadata?.name ?? "", { data });
    },
  };
}

/** Removes the deployment's Secrets. @param but name of one that stays */
export async function removeSecrets(cluster: Cluster, deploymentId: string, but?: string): Promise<void> {
  for (const { metadata } of await list(cluster, deploymentId)) {
    const name = metadata?.name ?? "";
    if (name !== but) await inWords(() => remove(cluster, name));
  }
}

async function remove({ core, namespace }: Cluster, name: string): Promise<void> {
  await core.deleteNamespacedSecret({ name, namespace }).catch((error: unknown) => {
    if (codeOf(error) !== 404) throw error;
  });
}

/** Those whose names Berth has given: what somebody else has labelled so is not touched. */
async function list({ core, namespace }: Cluster, deploymentId: string): Promise<readonly V1Secret[]> {
  const asked = { namespace, labelSelector: labelSelector(deploymentId) };
  const { items } = await inWords(() => core.listNamespacedSecret(asked));
  return items.filter(({ metadata }) => isSecretName(deploymentId, metadata?.name ?? ""));
}

async function create(
  { core, namespace }: Cluster,
  deploymentId: string,
  name: string,
  values: Pick<V1Secret, "data" | "stringData">,
): Promise<void> {
  const metadata = { name, namespace, labels: labels(deploymentId) };
  const body = { apiVersion: "v1", kind: "Secret", metadata, type: "Opaque", immutable: true, ...values };
  await inWords(() =>
    core.createNamespacedSecret({ namespace, body }).catch((error: unknown) => {
      // The same values are there: they can't have been changed.
      if (codeOf(error) !== 409) throw error;
    }),
  );
}
