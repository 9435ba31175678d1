// A whole Berth on the cluster of the tests, with the rights of `berth kubernetes manifest` and no others.
import { readFileSync, writeFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { manifest } from "../../../infra/kubernetes/manifest.ts";
import { startTestBerth, type TestBerth } from "../berth.ts";
import { clusterInUse } from "./in-use.ts";
import { deleteNamespace, kubectl } from "./kubectl.ts";

/** @param slice as startTestBerth @param namespace of this file alone */
export async function startClusterBerth(
  slice: number,
  namespace: string,
  environment: Readonly<Record<string, string>>,
): Promise<TestBerth> {
  return startTestBerth(slice, { ...clusterSettings(namespace), ...environment });
}

/** Settings of a Berth with its rights in a namespace, which it makes; this process has them, too. */
export function clusterSettings(namespace: string): Record<string, string> {
  kubectl(["apply", "--filename=-"], manifest(namespace));
  const token = kubectl(["--namespace", namespace, "create", "token", "berth", "--duration=2h"]).trim();
  const kubeconfig = kubeconfigPath(namespace);
  writeFileSync(kubeconfig, kubeconfigOf(readFileSync(clusterInUse().kubeconfig, "utf8"), token), {
    mode: 0o600,
  });
  process.env.KUBECONFIG = kubeconfig;
  return {
    BERTH_TARGET: "kubernetes",
    KUBECONFIG: kubeconfig,
    BERTH_KUBERNETES_NAMESPACE: namespace,
    BERTH_KUBERNETES_DATA_SIZE: "10Mi",
    BERTH_MEMORY_MIB: "192",
    BERTH_CPUS: "0.2",
    BERTH_STARTUP_TIMEOUT: "120",
  };
}

/** Leaves nothing of it, also where it has not started. */
export async function endClusterBerth(berth: TestBerth | undefined, namespace: string): Promise<void> {
  await berth?.stop();
  deleteNamespace(namespace);
  await removeKubeconfig(namespace);
  if (berth) await rm(berth.dataDir, { recursive: true, force: true });
}

/** Of clusterSettings(), where the namespace ends with its cluster. */
export async function removeKubeconfig(namespace: string): Promise<void> {
  await rm(kubeconfigPath(namespace), { force: true });
}

function kubeconfigPath(namespace: string): string {
  return join(tmpdir(), `${namespace}-${process.pid}.json`);
}

/** The administrator's cluster, with the account of the manifest. */
function kubeconfigOf(text: string, token: string): string {
  const given = JSON.parse(text);
  const [{ name }] = given.contexts;
  return JSON.stringify({
    ...given,
    users: [{ name: "berth", user: { token } }],
    contexts: [{ name, context: { cluster: given.clusters[0].name, user: "berth" } }],
  });
}
