// containerd on a node, with Debian's network plugins and a bridge of the node for its pods.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Machine } from "./machine.ts";
import type { Parts } from "./parts.ts";
import type { Program } from "./program.ts";

export const SOCKET = "/run/containerd/containerd.sock";
/** What it starts for every pod. */
export const PAUSE_IMAGE = "berth.test/pause:1";
const READY_MS = 60_000;

/** @param pods CIDR of the node's pods */
export async function startContainerd(machine: Machine, parts: Parts, pods: string): Promise<Program> {
  const networks = join(machine.folder, "cni");
  mkdirSync(networks, { recursive: true });
  writeFileSync(join(networks, "10-berth.conflist"), JSON.stringify(network(pods)));
  const config = join(machine.folder, "containerd.toml");
  writeFileSync(config, configuration(networks, parts.cniPlugins));
  const containerd = machine.start("containerd", ["containerd", "--config", config]);
  const isReady = async () => (await machine.run(["ctr", "--address", SOCKET, "version"])) !== "";
  await containerd.ready(isReady, READY_MS);
  return containerd;
}

function network(pods: string): object {
  const ipam = { type: "host-local", ranges: [[{ subnet: pods }]], routes: [{ dst: "0.0.0.0/0" }] };
  const bridge = { type: "bridge", bridge: "pods", isGateway: true, hairpinMode: true, ipam };
  return { cniVersion: "0.4.0", name: "berth-test", plugins: [bridge] };
}

function configuration(networks: string, plugins: string): string {
  const cri = `plugins."io.containerd.grpc.v1.cri"`;
  return `version = 2
root = "/var/lib/containerd"
state = "/run/containerd"
[grpc]
  address = "${SOCKET}"
[${cri}]
  sandbox_image = "${PAUSE_IMAGE}"
  tolerate_missing_hugetlb_controller = true
  # Inside a container even root may not protect what it starts from the end of memory.
  restrict_oom_score_adj = true
  [${cri}.cni]
    bin_dir = "${plugins}"
    conf_dir = "${networks}"
  [${cri}.containerd.runtimes.runc]
    runtime_type = "io.containerd.runc.v2"
    [${cri}.containerd.runtimes.runc.options]
      SystemdCgroup = false
`;
}
