// What an assistant's pod is given, as a Secret of the cluster: its secrets and its settings. Berth makes it itself: neither
// Pulumi's state nor its config holds a secret. A pod that is started again reads what is in it then.
import type { V1Secret } from "@kubernetes/client-node";
import { type Cluster, codeOf, inWords, unlessGone } from "./client.ts";
import { DEPLOYMENT_LABEL, isSecretName, labelSelector, labels, secretName } from "./names.ts";

/** Keys of the Secret; the third one is the file of secrets, by the name that the settings have it under. */
export const SETTINGS_KEY = "settings.json";
export const PROGRAM_KEY = "program.mjs";

export function secretsFileIn(values: Readonly<Record<string, unknown>>): string | undefined {
  return Object.keys(values).find((key) => /^[0-9a-f]+[.]json$/.test(key));
}

/**
 * Has these values in the deployment's Secret, and no others.
 * @throws Error when the cluster refuses, or somebody else has a Secret of that name
 */
export async function putSecret(
  cluster: Cluster,
  deploymentId: string,
  values: Readonly<Record<string, string>>,
): Promise<void> {
  await put(cluster, deploymentId, secretName(deploymentId), { stringData: { ...values } });
}

/** Values of the deployment's Secret, by their keys; undefined if it has none. */
export async function readSecret(
  { core, namespace }: Cluster,
  deploymentId: string,
): Promise<Record<string, string> | undefined> {
  const name = secretName(deploymentId);
  const found = await inWords(() => core.readNamespacedSecret({ name, namespace }).catch(unlessGone));
  const decode = (value: string) => Buffer.from(value, "base64").toString("utf8");
  return (
    found && Object.fromEntries(Object.entries(found.data ?? {}).map(([key, value]) => [key, decode(value)]))
  );
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
        await put(cluster, deploymentId, metadata?.name ?? "", { data });
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

async function put(
  { core, namespace }: Cluster,
  deploymentId: string,
  name: string,
  values: Pick<V1Secret, "data" | "stringData">,
): Promise<void> {
  const metadata = { name, namespace, labels: labels(deploymentId) };
  const body = { apiVersion: "v1", kind: "Secret", metadata, type: "Opaque", ...values };
  const replace = async () => {
    const { metadata: found } = await core.readNamespacedSecret({ name, namespace });
    if (found?.labels?.[DEPLOYMENT_LABEL] !== deploymentId)
      throw new Error(
        `The cluster has a Secret ${name} that is not Berth's. Nothing of it was changed: remove it.`,
      );
    await core.replaceNamespacedSecret({ name, namespace, body });
  };
  await inWords(() =>
    core.createNamespacedSecret({ namespace, body }).catch(async (error: unknown) => {
      if (codeOf(error) !== 409) throw error;
      await replace();
    }),
  );
}
