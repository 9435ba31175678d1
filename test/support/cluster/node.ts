// A node of the cluster: containerd, the kubelet and the policy engine on a machine of their own.
import { ApiClient } from "./api-client.ts";
import type { Authority } from "./certificates.ts";
import { startContainerd } from "./containerd.ts";
import { importImages } from "./images.ts";
import { startKubelet } from "./kubelet.ts";
import type { Machine } from "./machine.ts";
import { type AddressPlan, setCable, wireNode } from "./network.ts";
import type { Parts } from "./parts.ts";
import { startPolicyEngine } from "./policy-engine.ts";
import type { Program } from "./program.ts";

const REGISTERED_MS = 60_000;

export interface Node {
  readonly name: string;
  readonly address: string;
  readonly machine: Machine;
  readonly containerd: Program;
  readonly kubelet: Program;
  readonly policyEngine: Program;
  /** Nothing reaches it, and it reaches nothing. */
  cutOff(): Promise<void>;
  bringBack(): Promise<void>;
}

export interface NodeOptions {
  readonly machine: Machine;
  readonly control: Machine;
  readonly index: number;
  readonly others: readonly number[];
  readonly plan: AddressPlan;
  readonly parts: Parts;
  /** Of its images. */
  readonly archive: string;
  readonly authority: Authority;
  readonly server: string;
  readonly kubeconfig: string;
  readonly cluster: string;
}

export async function startNode(options: NodeOptions): Promise<Node> {
  const { machine, control, index, plan, parts, authority, server } = options;
  const address = plan.node(index);
  await wireNode(control, machine, index, options.others, plan);
  const containerd = await startContainerd(machine, parts, plan.podsOf(index));
  await importImages(machine, options.archive);
  const api = new ApiClient(options.kubeconfig);
  await register(api, machine.name, plan.podsOf(index));
  const kubelet = await startKubelet(machine, address, options.cluster, server, authority);
  // The policy engine ends where its node has no address yet.
  await kubelet.ready(() => hasAddress(api, machine.name), REGISTERED_MS);
  api.close();
  const policyEngine = startPolicyEngine(machine, plan, options.kubeconfig);
  return {
    name: machine.name,
    address,
    machine,
    containerd,
    kubelet,
    policyEngine,
    cutOff: () => setCable(control, machine.name, "down"),
    bringBack: () => setCable(control, machine.name, "up"),
  };
}

/** With the addresses of its pods, which a kubelet that registers its node itself leaves open. */
async function register(api: ApiClient, name: string, pods: string): Promise<void> {
  const labels = { "kubernetes.io/hostname": name, "kubernetes.io/os": "linux" };
  const spec = { podCIDR: pods, podCIDRs: [pods] };
  await api.call("POST", "/api/v1/nodes", { metadata: { name, labels }, spec });
}

async function hasAddress(api: ApiClient, name: string): Promise<boolean> {
  const { status } = await api.call("GET", `/api/v1/nodes/${name}`);
  return (status.addresses ?? []).length > 0;
}
