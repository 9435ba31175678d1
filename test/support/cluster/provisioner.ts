// Makes the volumes of the cluster: each is a folder of the node that the scheduler has chosen for the pod, and stays there.
import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { ApiClient, type Resource } from "./api-client.ts";

const STORAGE_CLASS = "berth-test-local";
const PROVISIONER = "berth.test/local";
const PERIOD_MS = 300;
const VOLUMES = "/api/v1/persistentvolumes";
const SELECTED_NODE = "volume.kubernetes.io/selected-node";

/** @param folderOf what the node sees as /var/lib @returns how to stop it */
export async function startProvisioner(
  kubeconfig: string,
  folderOf: (node: string) => string,
): Promise<() => Promise<void>> {
  const api = new ApiClient(kubeconfig);
  await api.call("POST", "/apis/storage.k8s.io/v1/storageclasses", storageClass());
  const stopped = new AbortController();
  const round = async () => {
    const claims: Resource[] = (await api.call("GET", "/api/v1/persistentvolumeclaims")).items;
    for (const claim of claims.filter(isWaiting)) await provide(api, claim, folderOf);
    const volumes: Resource[] = (await api.call("GET", VOLUMES)).items;
    for (const volume of volumes.filter(isReleased)) await reclaim(api, volume, folderOf);
  };
  const work = async () => {
    while (!stopped.signal.aborted) {
      // The API server may be away: tests end it.
      await round().catch(() => {});
      await sleep(PERIOD_MS, undefined, { signal: stopped.signal }).catch(() => {});
    }
  };
  const working = work();
  return async () => {
    stopped.abort();
    await working;
    api.close();
  };
}

function storageClass(): object {
  return {
    metadata: {
      name: STORAGE_CLASS,
      annotations: { "storageclass.kubernetes.io/is-default-class": "true" },
    },
    provisioner: PROVISIONER,
    reclaimPolicy: "Delete",
    volumeBindingMode: "WaitForFirstConsumer",
  };
}

function isWaiting({ metadata, spec, status }: Resource): boolean {
  const isOurs = spec.storageClassName === STORAGE_CLASS && !spec.volumeName;
  return isOurs && status.phase === "Pending" && metadata.annotations?.[SELECTED_NODE] !== undefined;
}

function isReleased({ metadata, spec, status }: Resource): boolean {
  const isOurs = spec.storageClassName === STORAGE_CLASS && !metadata.deletionTimestamp;
  return isOurs && status.phase === "Released" && spec.persistentVolumeReclaimPolicy === "Delete";
}

async function provide(
  api: ApiClient,
  { metadata, spec }: Resource,
  folderOf: (node: string) => string,
): Promise<void> {
  const node: string = metadata.annotations[SELECTED_NODE];
  const name = `pvc-${metadata.uid}`;
  mkdirSync(join(folderOf(node), "volumes", name), { recursive: true });
  const { namespace, uid } = metadata;
  const onNode = { key: "kubernetes.io/hostname", operator: "In", values: [node] };
  await api
    .call("POST", VOLUMES, {
      metadata: { name, annotations: { "pv.kubernetes.io/provisioned-by": PROVISIONER } },
      spec: {
        capacity: { storage: spec.resources.requests.storage },
        accessModes: spec.accessModes,
        claimRef: { apiVersion: "v1", kind: "PersistentVolumeClaim", name: metadata.name, namespace, uid },
        persistentVolumeReclaimPolicy: "Delete",
        storageClassName: STORAGE_CLASS,
        local: { path: `/var/lib/volumes/${name}` },
        nodeAffinity: { required: { nodeSelectorTerms: [{ matchExpressions: [onNode] }] } },
      },
    })
    .catch((error: { status?: number }) => {
      if (error.status !== 409) throw error;
    });
}

async function reclaim(
  api: ApiClient,
  { metadata, spec }: Resource,
  folderOf: (node: string) => string,
): Promise<void> {
  const node = spec.nodeAffinity.required.nodeSelectorTerms[0].matchExpressions[0].values[0];
  rmSync(join(folderOf(node), "volumes", metadata.name), { recursive: true, force: true });
  await api.call("DELETE", `${VOLUMES}/${metadata.name}`);
}
