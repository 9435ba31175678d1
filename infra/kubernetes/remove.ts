// Removes what a deployment has in the cluster past Pulumi. The API server only notes that an object is to end: each is waited for.
import { setTimeout as sleep } from "node:timers/promises";
import { claimOf } from "./claim.ts";
import type { Cluster } from "./client.ts";
import type { Kind } from "./kinds.ts";
import { isDataClaim } from "./names.ts";
import { deleteObject, type Found, listObjects, readOwner } from "./objects.ts";
import { removeSecrets } from "./secret.ts";

const LOOK_EVERY_MS = 500;
/** A pod's grace, and what the kubelet takes for volumes. */
const TIMEOUT_MS = 180_000;
/** Pods end with their set; a claim stays while a pod has it. */
const ORDER: readonly Kind[] = ["stateful set", "pod", "network policy", "service account", "claim"];

/**
 * Removes the objects that the stack does not know. A claim only if it is known which one has the data.
 * @param known Pulumi's ids
 * @param kept the claim with the data, as a record has it
 */
export async function removeStrays(
  cluster: Cluster,
  deploymentId: string,
  known: ReadonlySet<string>,
  kept?: string,
): Promise<void> {
  const data = kept === undefined ? undefined : claimOf(deploymentId, kept);
  const isStray = ({ kind, id, name }: Found) =>
    !known.has(id) &&
    (kind === "claim" ? data !== undefined && name !== data && isDataClaim(deploymentId, name) : true);
  const sets = new Set(
    (await listObjects(cluster, deploymentId))
      .filter(isSet)
      .filter(({ id }) => known.has(id))
      .map(({ name }) => name),
  );
  await removeUntilGone(cluster, deploymentId, (found) => isStray(found) && !isPodOf(sets, found));
}

/** Removes what makes pods, and the pods with it; its data, its policy and its account stay. @returns how many sets there were */
export async function removeSet(cluster: Cluster, deploymentId: string): Promise<number> {
  const sets = (await listObjects(cluster, deploymentId)).filter(isSet);
  await removeUntilGone(cluster, deploymentId, ({ kind }) => kind === "stateful set" || kind === "pod");
  return sets.length;
}

/** Everything of a deleted deployment, its data and its secrets too. */
export async function removeAll(cluster: Cluster, deploymentId: string): Promise<void> {
  await removeUntilGone(cluster, deploymentId, () => true);
  await removeSecrets(cluster, deploymentId);
}

/** Helper pods of a deployment: those that get at its data. */
export async function removeHelper(cluster: Cluster, deploymentId: string, name: string): Promise<void> {
  // Before each operation there is none.
  if ((await readOwner(cluster, "pod", name)) !== deploymentId) return;
  await removeUntilGone(cluster, deploymentId, (found) => found.kind === "pod" && found.name === name);
}

async function removeUntilGone(
  cluster: Cluster,
  deploymentId: string,
  isToGo: (found: Found) => boolean,
): Promise<void> {
  const list = async () => (await listObjects(cluster, deploymentId)).filter(isToGo);
  const asked = new Set<string>();
  for (const deadline = performance.now() + TIMEOUT_MS; ; await sleep(LOOK_EVERY_MS)) {
    const left = await list();
    if (left.length === 0) return;
    for (const kind of ORDER)
      for (const found of left.filter((one) => one.kind === kind && !asked.has(`${kind} ${one.id}`))) {
        asked.add(`${kind} ${found.id}`);
        await deleteObject(cluster, found);
      }
    const names = left.map(({ kind, name }) => `${kind} ${name}`).join(", ");
    if (performance.now() > deadline) throw new Error(`The cluster does not remove ${names}.`);
  }
}

function isSet({ kind }: Found): boolean {
  return kind === "stateful set";
}

function isPodOf(sets: ReadonlySet<string>, { kind, name }: Found): boolean {
  return kind === "pod" && sets.has(name.replace(/-\d+$/, ""));
}
