// The kubelet of a node, with the control groups that this host has.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Authority } from "./certificates.ts";
import { cgroupOf, makeCgroups } from "./cgroups.ts";
import { SOCKET } from "./containerd.ts";
import type { Machine } from "./machine.ts";
import type { Program } from "./program.ts";

const PIDS_OF_A_POD = 512;

/** @param address of the node. @param cluster whose control groups hold the node's */
export async function startKubelet(
  machine: Machine,
  address: string,
  cluster: string,
  server: string,
  authority: Authority,
): Promise<Program> {
  const user = { name: `system:node:${machine.name}`, group: "system:nodes" };
  const kubeconfig = await authority.kubeconfig(server, user);
  const alternatives = [`IP:${address}`, `DNS:${machine.name}`];
  const serving = await authority.issue({ name: `kubelet-${machine.name}`, alternatives });
  const resolver = join(machine.folder, "resolv.conf");
  writeFileSync(resolver, "nameserver 203.0.113.53\n");
  mkdirSync(join(machine.folder, "manifests"), { recursive: true });
  await makeCgroups(cluster, machine.name);
  const configuration = {
    apiVersion: "kubelet.config.k8s.io/v1beta1",
    kind: "KubeletConfiguration",
    authentication: {
      anonymous: { enabled: false },
      webhook: { enabled: true },
      x509: { clientCAFile: authority.certificate },
    },
    authorization: { mode: "Webhook" },
    cgroupDriver: "cgroupfs",
    cgroupRoot: `/${cgroupOf(cluster, machine.name)}`,
    containerRuntimeEndpoint: `unix://${SOCKET}`,
    enforceNodeAllocatable: [],
    // A busy disk of the host is no reason to evict: the tests have their own.
    evictionHard: { "nodefs.available": "1%", "imagefs.available": "1%", "memory.available": "50Mi" },
    failSwapOn: false,
    nodeStatusUpdateFrequency: "5s",
    podPidsLimit: PIDS_OF_A_POD,
    resolvConf: resolver,
    tlsCertFile: serving.cert,
    tlsPrivateKeyFile: serving.key,
  };
  const path = join(machine.folder, "kubelet.json");
  writeFileSync(path, JSON.stringify(configuration));
  const names = [`--hostname-override=${machine.name}`, `--node-ip=${address}`];
  const files = [`--config=${path}`, `--kubeconfig=${kubeconfig}`];
  return machine.start("kubelet", ["kubelet", ...files, ...names]);
}
