// An assistant's pod: whether it is as hardened, as limited and as closed as it was meant to be. The values are written down here
// once more: taken from infra/kubernetes/pod.ts, they would follow it into a mistake.
import {
  ASKED_ANNOTATION,
  ASSISTANT,
  accountName,
  claimName,
  secretName,
} from "../../../infra/kubernetes/names.ts";
import type { KubernetesPlace } from "../../../infra/kubernetes/place.ts";
import { lostSince } from "../../../infra/kubernetes/pod-state.ts";
import { quantity } from "../../../infra/kubernetes/quantity.ts";
import { type Check, type Complaint, error, fact, REDEPLOY, warning } from "../check.ts";
import { leaksIn } from "../leaks.ts";
import type { OfPod } from "./picture.ts";

const MIB = 1024 ** 2;

export const POD_CHECKS: readonly Check<OfPod>[] = [
  { name: "pod-state", look: isReadyWhileActive },
  { name: "pod-asked", look: isWhatItsSetAsksFor },
  fact("pod-containers", "Containers of its pod", names, () => ["assistant", "settings"]),
  { name: "pod-image", look: imageIsAsAskedFor },
  fact("pod-user", "Users of its pod's containers", ofEach("runAsUser"), () => [1000, 1000]),
  fact("pod-root", "Its pod's containers may be root's", ofEach("runAsNonRoot"), () => [true, true]),
  fact("pod-privileged", "Its pod's containers are privileged", ofEach("privileged"), () => [false, false]),
  fact("pod-escalation", "Its pod's containers may gain rights", ofEach("allowPrivilegeEscalation"), () => [
    false,
    false,
  ]),
  fact(
    "pod-root-filesystem",
    "Root file systems of its pod's containers are read-only",
    ofEach("readOnlyRootFilesystem"),
    () => [true, true],
  ),
  fact("pod-capabilities", "Capabilities of its pod's containers", capabilities, () => [
    "dropped ALL",
    "dropped ALL",
  ]),
  fact("pod-seccomp", "Seccomp of its pod's containers", seccomp, () => ["RuntimeDefault", "RuntimeDefault"]),
  fact("pod-namespaces", "Namespaces of the node that its pod has", nodesNamespaces, () => []),
  fact(
    "pod-token",
    "Its pod has a token of the cluster",
    ({ pod }) => pod.spec?.automountServiceAccountToken,
    () => false,
  ),
  fact(
    "pod-account",
    "Its pod's service account",
    ({ pod }) => pod.spec?.serviceAccountName,
    ({ picture }) => accountName(picture.deployment.id),
  ),
  fact("pod-volumes", "Volumes of its pod", volumes, wantedVolumes),
  { name: "pod-limits", look: limitsAreAsAskedFor },
  fact("pod-runtime", "Its pod's runtime class", ({ pod }) => pod.spec?.runtimeClassName, wantedRuntime),
  { name: "pod-secrets", look: tellsNoSecret },
];

function containers({ pod }: OfPod) {
  return [...(pod.spec?.containers ?? []), ...(pod.spec?.initContainers ?? [])];
}

function names(of: OfPod): string[] {
  return containers(of).map(({ name }) => name);
}

type Security = NonNullable<ReturnType<typeof containers>[number]["securityContext"]>;

function ofEach(field: keyof Security) {
  return (of: OfPod) => containers(of).map(({ securityContext }) => securityContext?.[field]);
}

function capabilities(of: OfPod): string[] {
  return containers(of).map(({ securityContext }) => {
    const { add = [], drop = [] } = securityContext?.capabilities ?? {};
    return [...add.map((name) => `added ${name}`), ...drop.map((name) => `dropped ${name}`)].join(", ");
  });
}

function seccomp(of: OfPod): (string | undefined)[] {
  const ofPod = of.pod.spec?.securityContext?.seccompProfile?.type;
  return containers(of).map(({ securityContext }) => securityContext?.seccompProfile?.type ?? ofPod);
}

function nodesNamespaces({ pod: { spec } }: OfPod): string[] {
  return (["hostNetwork", "hostPID", "hostIPC"] as const).filter((name) => spec?.[name]);
}

function volumes({ pod }: OfPod): string[] {
  const all = (pod.spec?.volumes ?? []).map((volume) => {
    const { name, persistentVolumeClaim: claim, emptyDir, secret, ...others } = volume;
    if (claim) return `${name}: claim ${claim.claimName}`;
    if (emptyDir) return `${name}: ${emptyDir.medium || "disk"}`;
    return secret ? `${name}: secret ${secret.secretName}` : `${name}: ${Object.keys(others).join(", ")}`;
  });
  return all.toSorted();
}

function wantedVolumes({ picture: { deployment } }: OfPod): string[] {
  const { id, data_volume, outputs } = deployment;
  const recorded = data_volume ?? (typeof outputs?.volume === "string" ? outputs.volume : undefined);
  const claim = recorded?.split("/").at(-1) ?? claimName(id);
  return [`data: claim ${claim}`, `given: secret ${secretName(id)}`, "memory: Memory"];
}

function wantedRuntime({ picture: { settings } }: OfPod): string | undefined {
  const place = settings.places.find(({ target }) => target === "kubernetes");
  return (place as KubernetesPlace).runtimeClass ?? undefined;
}

function isReadyWhileActive({ picture: { deployment, now }, pod }: OfPod): Complaint[] {
  if (deployment.status !== "active") return [];
  const since = lostSince(pod, now.getTime());
  if (since)
    return [
      error(
        `Its pod's node, ${pod.spec?.nodeName}: expected to answer, found that it has not since ${since.toISOString()}.`,
        "Bring the node back, or remove it from the cluster (kubectl delete node): its pod is started elsewhere then, if its volume can follow.",
      ),
    ];
  const isReady = pod.status?.conditions?.some(({ type, status }) => type === "Ready" && status === "True");
  if (isReady) return [];
  return [error(`Its pod: expected ready, found ${pod.status?.phase}, not ready.`, REDEPLOY)];
}

function isWhatItsSetAsksFor({ picture: { held }, pod }: OfPod): Complaint[] {
  const asked = held.sets[0]?.spec?.template.metadata?.annotations?.[ASKED_ANNOTATION];
  const found = pod.metadata?.annotations?.[ASKED_ANNOTATION];
  if (asked === undefined || asked === found) return [];
  return [error("Its pod: expected the one that its StatefulSet asks for, found another.", REDEPLOY)];
}

function imageIsAsAskedFor({ picture, pod }: OfPod): Complaint[] {
  const { status, pinned_image: wanted } = picture.deployment;
  const found = pod.spec?.containers.find(({ name }) => name === ASSISTANT)?.image;
  if (status !== "active" || wanted === null || wanted === found) return [];
  return [error(`Its pod's image: expected ${wanted}, found ${found}.`, REDEPLOY)];
}

/** Other settings apply from the next redeploy on. */
function limitsAreAsAskedFor({ picture: { settings }, pod }: OfPod): Complaint[] {
  const { limits, requests } = pod.spec?.containers.find(({ name }) => name === ASSISTANT)?.resources ?? {};
  if (!limits?.memory || !limits.cpu || !limits["ephemeral-storage"])
    return [error("Its pod's limits: expected memory, CPU and disk, found less.", REDEPLOY)];
  const unequal = Object.keys(limits).some((name) => limits[name] !== requests?.[name]);
  const memoryMib = quantity(limits.memory) / MIB;
  const isAsSet = memoryMib === settings.memoryMib && quantity(limits.cpu) === settings.cpus;
  return [
    ...(unequal ? [error("Its pod's requests: expected its limits, found others.", REDEPLOY)] : []),
    ...(isAsSet
      ? []
      : [
          warning(
            `Its pod's limits: expected ${settings.memoryMib} MiB and ${settings.cpus} CPUs, found ${memoryMib} MiB and ${quantity(limits.cpu)}.`,
            REDEPLOY,
          ),
        ]),
  ];
}

function tellsNoSecret({ picture: { secrets }, pod }: OfPod): Complaint[] {
  return leaksIn(JSON.stringify(pod), secrets).map((name) =>
    error(`Its pod: expected no secret in what anybody reads who may list pods, found ${name}.`, REDEPLOY),
  );
}
