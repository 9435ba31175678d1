// A stack's state against what the cluster has: whose each of its objects is, what is gone, and what there is beside them.
import type { Comparison, StateResource } from "../found.ts";
import { claimOf } from "./claim.ts";
import type { Cluster } from "./client.ts";
import { KINDS, type Kind } from "./kinds.ts";
import { HELPER_LABEL } from "./names.ts";
import { type Found, listObjects, readOwner } from "./objects.ts";

interface Part {
  readonly kind: Kind;
  readonly id: string;
  readonly name: string;
  readonly isElsewhere: boolean;
}

/** @throws Error of the API server, in words */
export async function compareWithState(
  cluster: Cluster,
  deploymentId: string,
  resources: readonly StateResource[],
  dataVolume?: string | null,
): Promise<Comparison> {
  const claim = claimOf(deploymentId, dataVolume);
  const objects = await listObjects(cluster, deploymentId);
  const parts = await Promise.all(
    partsOf(cluster, resources).map(async (part) => ({
      ...part,
      owner: part.isElsewhere ? null : await readOwner(cluster, part.kind, part.name),
    })),
  );
  const isData = ({ kind, name }: { kind: Kind; name: string }) => kind === "claim" && name === claim;
  const isThere = objects.some(isData);
  return {
    foreign: parts
      .filter(({ owner }) => owner !== undefined && owner !== deploymentId)
      .map(({ kind, id, owner }) => `${kind} ${id}, which is ${inWordsOf(owner)}`),
    lost: parts
      .filter((part) => part.owner === undefined && !isData(part))
      .map(({ kind, name }) => `${kind} ${name}`),
    beside: besideOf(objects, parts).map(({ kind, name }) => `${kind} ${name}`),
    data: isThere ? "there" : parts.some(isData) ? "gone" : "none",
  };
}

/** What the deployment has and its stack has not: never a claim, which the stack takes over by its name. */
function besideOf(objects: readonly Found[], known: readonly Pick<Part, "kind" | "id">[]): Found[] {
  const ids = new Set(known.map(({ kind, id }) => `${kind} ${id}`));
  return objects.filter(
    ({ kind, id, labels }) =>
      kind !== "claim" && !ids.has(`${kind} ${id}`) && (kind !== "pod" || labels[HELPER_LABEL] !== undefined),
  );
}

function partsOf({ namespace }: Cluster, resources: readonly StateResource[]): Part[] {
  return resources.flatMap(({ type, id }) => {
    const kind = KINDS.get(type);
    if (!kind || !id) return [];
    const [where = "", name = ""] = id.split("/");
    return [{ kind, id, name, isElsewhere: where !== namespace }];
  });
}

function inWordsOf(owner: string | null | undefined): string {
  return owner ? `deployment ${owner}'s` : "not Berth's";
}
