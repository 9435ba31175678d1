// A pod that mounts an assistant's claim and does nothing: programs are run in it that read the data, or put it there.
import { setTimeout as sleep } from "node:timers/promises";
import type { V1Pod } from "@kubernetes/client-node";
import { type Cluster, inWords, unlessPassing } from "./client.ts";
import { accountName, DEPLOYMENT_LABEL, HELPER_LABEL, helperName } from "./names.ts";
import type { KubernetesPlace } from "./place.ts";
import { RESTRICTED_CONTAINER, RESTRICTED_POD, VOLUME_PATH } from "./pod.ts";
import { finalReason, isReady } from "./pod-state.ts";
import { removeHelper } from "./remove.ts";
import { readTrouble } from "./trouble.ts";

const LOOK_EVERY_MS = 300;
const START_TIMEOUT_MS = 300_000;
/** After a Berth that has died it ends by itself. */
const LONGEST_SECONDS = 6 * 3600;
export const HELPER = "helper";

export interface HelperWanted {
  readonly deploymentId: string;
  readonly image: string;
  readonly claim: string;
}

/** Runs the work with the name of a helper pod; the pod is gone afterwards, and one that was left is before. */
export async function* withHelper<T>(
  cluster: Cluster,
  place: KubernetesPlace,
  wanted: HelperWanted,
  work: (pod: string) => AsyncIterable<T>,
): AsyncGenerator<T> {
  const name = helperName(wanted.deploymentId);
  await removeHelper(cluster, wanted.deploymentId, name);
  try {
    await inWords(() =>
      cluster.core.createNamespacedPod({ namespace: cluster.namespace, body: helperPod(place, wanted) }),
    );
    await untilRunning(cluster, name, wanted.claim);
    yield* work(name);
  } finally {
    await removeHelper(cluster, wanted.deploymentId, name);
  }
}

async function untilRunning(cluster: Cluster, name: string, claim: string): Promise<void> {
  const { core, namespace, now } = cluster;
  for (const deadline = performance.now() + START_TIMEOUT_MS; ; await sleep(LOOK_EVERY_MS)) {
    const pod = await inWords(() => core.readNamespacedPod({ name, namespace })).catch(unlessPassing);
    if (pod && isReady(pod)) return;
    const reason = pod && finalReason(pod, now());
    if (reason) throw new Error(reason);
    if (performance.now() < deadline) continue;
    const trouble = await readTrouble(cluster, name, claim).catch(unlessPassing);
    throw new Error(`The pod that gets at the data does not start; ${trouble ?? "nothing says why"}.`);
  }
}

/** The deployment's policy holds for it; the set takes it for none of its pods. */
function helperPod({ runtimeClass }: KubernetesPlace, { deploymentId, image, claim }: HelperWanted): V1Pod {
  const amounts = { cpu: "250m", memory: "256Mi", "ephemeral-storage": "64Mi" };
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: {
      name: helperName(deploymentId),
      labels: {
        "app.kubernetes.io/managed-by": "berth",
        [DEPLOYMENT_LABEL]: deploymentId,
        [HELPER_LABEL]: "data",
      },
    },
    spec: {
      serviceAccountName: accountName(deploymentId),
      automountServiceAccountToken: false,
      enableServiceLinks: false,
      restartPolicy: "Never",
      activeDeadlineSeconds: LONGEST_SECONDS,
      terminationGracePeriodSeconds: 0,
      ...(runtimeClass !== null && { runtimeClassName: runtimeClass }),
      securityContext: RESTRICTED_POD,
      containers: [
        {
          name: HELPER,
          image,
          command: ["sleep", String(LONGEST_SECONDS)],
          resources: { limits: amounts, requests: amounts },
          securityContext: RESTRICTED_CONTAINER,
          volumeMounts: [{ name: "data", mountPath: VOLUME_PATH }],
        },
      ],
      volumes: [{ name: "data", persistentVolumeClaim: { claimName: claim } }],
    },
  };
}
