// What the cluster holds of a deployment as a whole: how many pods, its claim, its policy, its Secret; and whether its stack's state
// says the same.
import { KINDS } from "../../../infra/kubernetes/kinds.ts";
import { HELPER_LABEL } from "../../../infra/kubernetes/names.ts";
import { NOT_PUBLIC_IPV4 } from "../../../infra/not-public.ts";
import { counted } from "../../../infra/sentences.ts";
import { type Check, type Complaint, error, inWords, REDEPLOY } from "../check.ts";
import { NOT_ITS_OWN } from "../stack-checks.ts";
import type { InCluster } from "./picture.ts";

export const HOLDING_CHECKS: readonly Check<InCluster>[] = [
  { name: "pod-count", look: asManyPodsAsMeant },
  { name: "pod-leftover", look: noHelperIsLeft },
  { name: "replicas", look: setHasItsReplicas },
  { name: "claim", look: claimIsBound },
  { name: "network-policy", look: policyLetsNothingElseThrough },
  { name: "service-account", look: accountHasNoToken },
  { name: "given", look: secretIsAsMeant },
  { name: "stack-resources", look: resourcesExist },
  { name: "resource-ownership", look: resourcesAreItsOwn },
];

/** What has failed may have a pod or none. */
const PODS: Readonly<Record<string, number>> = {
  pending_payment: 0,
  purchased: 0,
  active: 1,
  stopped: 0,
  suspended: 0,
};

const isHelper = ({ metadata }: InCluster["held"]["pods"][number]) =>
  metadata?.labels?.[HELPER_LABEL] !== undefined;

function asManyPodsAsMeant({ deployment: { status }, held }: InCluster): Complaint[] {
  const wanted = PODS[status];
  const found = held.pods.filter((pod) => !isHelper(pod));
  if (wanted === undefined || found.length === wanted) return [];
  const named = inWords(found.map(({ metadata }) => metadata?.name));
  return [error(`Its pods: expected ${wanted} while it is ${status}, found ${named}.`, REDEPLOY)];
}

function noHelperIsLeft({ held }: InCluster): Complaint[] {
  return held.pods
    .filter(isHelper)
    .map(({ metadata }) =>
      error(
        `Pods that get at its data: expected none, found ${metadata?.name}.`,
        "Nothing, if it is being backed up; its next operation removes it otherwise.",
      ),
    );
}

function setHasItsReplicas({ deployment: { status }, held: { sets } }: InCluster): Complaint[] {
  const wanted = PODS[status];
  return sets.flatMap(({ spec }) =>
    wanted === undefined || spec?.replicas === wanted
      ? []
      : [
          error(
            `Its StatefulSet: expected ${counted(wanted, "replica")}, found ${spec?.replicas}.`,
            REDEPLOY,
          ),
        ],
  );
}

function claimIsBound({ deployment: { status }, held: { claims } }: InCluster): Complaint[] {
  if (status !== "active") return [];
  const bound = claims.filter((claim) => claim.status?.phase === "Bound").length;
  if (bound === 1 && claims.length === 1) return [];
  const message = `Its claims: expected one that is bound, found ${claims.length}, ${bound} of them bound.`;
  const advice = claims.length === 0 ? "Restore a backup of it: its data is gone." : REDEPLOY;
  return [error(message, advice)];
}

/** Written down once more: see ../../../infra/kubernetes/egress.ts. */
function policyLetsNothingElseThrough({
  deployment: { status },
  held: { policies },
}: InCluster): Complaint[] {
  if (status !== "active") return [];
  const [policy, ...others] = policies;
  if (!policy)
    return [error("Its network policy: expected one, found none: it reaches all networks.", REDEPLOY)];
  const { policyTypes = [], ingress = [], egress = [] } = policy.spec ?? {};
  const open = egress.flatMap(({ to, ports }) => {
    const everywhere = !to || to.length === 0 || !ports || ports.length === 0;
    const wide = (to ?? []).filter(
      ({ ipBlock }) =>
        ipBlock?.cidr === "0.0.0.0/0" && !NOT_PUBLIC_IPV4.every((range) => ipBlock.except?.includes(range)),
    );
    return everywhere || wide.length > 0 ? ["private addresses"] : [];
  });
  const found = [
    ...(["Ingress", "Egress"].every((type) => policyTypes.includes(type)) ? [] : ["one direction alone"]),
    ...(ingress.length > 0 ? ["ways in"] : []),
    ...open,
    ...(others.length > 0 ? [`${others.length} more of them, which open more`] : []),
  ];
  if (found.length === 0) return [];
  return [error(`Its network policy: expected Berth's, found ${inWords(found)}.`, REDEPLOY)];
}

function accountHasNoToken({ deployment: { status }, held: { accounts } }: InCluster): Complaint[] {
  if (status !== "active") return [];
  const has = accounts.some(({ automountServiceAccountToken }) => automountServiceAccountToken !== false);
  if (accounts.length === 1 && !has) return [];
  const what = has ? "one whose pods get a token" : `${accounts.length} of them`;
  return [error(`Its service account: expected one without a token, found ${what}.`, REDEPLOY)];
}

function secretIsAsMeant({
  deployment: { status },
  held: { secrets },
  isSecretCurrent,
}: InCluster): Complaint[] {
  const wanted = PODS[status];
  if (wanted === undefined) return [];
  if (secrets.length !== wanted) {
    const named = inWords(secrets.map(({ name }) => name));
    return [error(`Its Secret: expected ${wanted} while it is ${status}, found ${named}.`, REDEPLOY)];
  }
  if (isSecretCurrent !== false) return [];
  return [error("Its Secret: expected what the record says, found something else.", REDEPLOY)];
}

function resourcesExist({ stack, held }: InCluster): Complaint[] {
  return (stack?.resources ?? []).flatMap(({ type, id }) => {
    if (!KINDS.has(type) || id === undefined || held.owners.has(`${type} ${id}`)) return [];
    const message = `Its state's ${KINDS.get(type)} ${id}: expected in the cluster, found nothing.`;
    return [
      error(message, KINDS.get(type) === "claim" ? "Restore a backup of it: its data is gone." : REDEPLOY),
    ];
  });
}

function resourcesAreItsOwn({ deployment, stack, held }: InCluster): Complaint[] {
  return (stack?.resources ?? []).flatMap(({ type, id }) => {
    const owner = held.owners.get(`${type} ${id}`);
    if (owner === undefined || owner === deployment.id) return [];
    const whose = `deployment ${owner}'s`;
    return [error(`Its state's ${KINDS.get(type)} ${id}: expected its own, found ${whose}.`, NOT_ITS_OWN)];
  });
}
