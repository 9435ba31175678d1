// What a namespace has of Berth's deployments, for examining it: lists of all objects at once, and of one deployment's again where
// that has changed since.
import type {
  V1NetworkPolicy,
  V1ObjectMeta,
  V1PersistentVolumeClaim,
  V1Pod,
  V1ServiceAccount,
  V1StatefulSet,
} from "@kubernetes/client-node";
import { type Check, checkCluster } from "./check.ts";
import { asking, type Cluster, connect } from "./client.ts";
import { KINDS } from "./kinds.ts";
import { DEPLOYMENT_LABEL, labelSelector } from "./names.ts";
import type { KubernetesPlace } from "./place.ts";
import { secretsFileIn } from "./secret.ts";

/** Of one deployment. */
export interface Holding {
  readonly sets: readonly V1StatefulSet[];
  readonly pods: readonly V1Pod[];
  readonly claims: readonly V1PersistentVolumeClaim[];
  readonly policies: readonly V1NetworkPolicy[];
  readonly accounts: readonly V1ServiceAccount[];
  /** Its Secrets' names, each with the file of secrets in it. */
  readonly secrets: readonly { readonly name: string; readonly text: string | undefined }[];
  /** Whose each object of the namespace is, by Pulumi's type of it and its id there. */
  readonly owners: ReadonlyMap<string, string>;
}

export interface Inventory {
  /** Words for what there is, by the deployments' ids. */
  readonly labelled: ReadonlyMap<string, readonly string[]>;
  /** @param isAnew whether what was listed may be of before a change @throws EngineAway */
  look(deploymentId: string, isAnew: boolean): Promise<Holding>;
  /** What the cluster lacks. @throws EngineAway */
  check(): Promise<readonly Check[]>;
}

type Lists = Omit<Holding, "owners">;

/** @throws EngineAway */
export async function takeInventory(place: KubernetesPlace): Promise<Inventory> {
  const cluster = connect(place);
  const all = await list(cluster, DEPLOYMENT_LABEL);
  const owners = ownersIn(place, all);
  return {
    labelled: labelledIn(all),
    async look(deploymentId, isAnew) {
      const own = isAnew ? await list(cluster, labelSelector(deploymentId)) : of(all, deploymentId);
      return { ...own, secrets: own.secrets.filter(isOf(deploymentId)), owners };
    },
    check: () => asking(() => checkCluster(place)),
  };
}

interface Listed extends Omit<Lists, "secrets"> {
  readonly secrets: readonly { metadata?: V1ObjectMeta; name: string; text: string | undefined }[];
}

async function list({ core, apps, networking, namespace }: Cluster, selector: string): Promise<Listed> {
  const asked = { namespace, labelSelector: selector };
  const [sets, pods, claims, policies, accounts, secrets] = await asking(() =>
    Promise.all([
      apps.listNamespacedStatefulSet(asked),
      core.listNamespacedPod(asked),
      core.listNamespacedPersistentVolumeClaim(asked),
      networking.listNamespacedNetworkPolicy(asked),
      core.listNamespacedServiceAccount(asked),
      core.listNamespacedSecret(asked),
    ]),
  );
  return {
    sets: sets.items,
    pods: pods.items,
    claims: claims.items,
    policies: policies.items,
    accounts: accounts.items,
    secrets: secrets.items.map(({ metadata, data = {} }) => {
      const key = secretsFileIn(data);
      const text = key && Buffer.from(data[key] ?? "", "base64").toString("utf8");
      return { ...(metadata && { metadata }), name: metadata?.name ?? "", text };
    }),
  };
}

function of(all: Listed, deploymentId: string): Listed {
  const isOwn = isOf(deploymentId);
  return {
    sets: all.sets.filter(isOwn),
    pods: all.pods.filter(isOwn),
    claims: all.claims.filter(isOwn),
    policies: all.policies.filter(isOwn),
    accounts: all.accounts.filter(isOwn),
    secrets: all.secrets.filter(isOwn),
  };
}

function isOf(deploymentId: string) {
  return ({ metadata }: { metadata?: V1ObjectMeta }) => metadata?.labels?.[DEPLOYMENT_LABEL] === deploymentId;
}

const WORDS = {
  sets: "stateful set",
  pods: "pod",
  claims: "claim",
  policies: "network policy",
  accounts: "service account",
  secrets: "secret",
} as const satisfies Record<keyof Listed, string>;

function labelledIn(all: Listed): Map<string, string[]> {
  const found = new Map<string, string[]>();
  for (const [kind, word] of Object.entries(WORDS))
    for (const { metadata } of all[kind as keyof Listed]) {
      const id = metadata?.labels?.[DEPLOYMENT_LABEL] ?? "";
      found.set(id, [...(found.get(id) ?? []), `${word} ${metadata?.name}`]);
    }
  return found;
}

function ownersIn({ namespace }: KubernetesPlace, all: Listed): Map<string, string> {
  const kinds = Object.entries(WORDS);
  return new Map(
    [...KINDS].flatMap(([type, kind]) => {
      const [plural] = kinds.find(([, word]) => word === kind) ?? [];
      const objects = all[plural as keyof Listed] ?? [];
      return objects.map(({ metadata }) => {
        const owner = metadata?.labels?.[DEPLOYMENT_LABEL] ?? "";
        return [`${type} ${namespace}/${metadata?.name}`, owner] as const;
      });
    }),
  );
}
