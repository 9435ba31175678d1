// How the machines of a cluster are wired: a bridge on the control plane's machine, a cable to each node and to this host.
// Pods have addresses of their node, and nothing translates any.
import { run } from "../../../infra/toolchain/run.ts";
import type { Machine } from "./machine.ts";

const BRIDGE = "machines";

/** The addresses of a cluster. Two clusters with different slices may run side by side. */
export function addressPlan(slice: number) {
  return {
    control: `10.${slice}.0.1`,
    /** Of this host, as the cluster sees it. */
    host: `10.${slice}.0.254`,
    hostDevice: `cluster-${slice}`,
    node: (index: number) => `10.${slice}.0.${11 + index}`,
    podsOf: (index: number) => `10.${slice}.${64 + index}.0/24`,
    pods: `10.${slice}.64.0/18`,
    services: `10.${slice}.128.0/18`,
    firstService: `10.${slice}.128.1`,
  } as const;
}

export type AddressPlan = ReturnType<typeof addressPlan>;

/** Wires the control plane's machine to this host. */
export async function wireControl(control: Machine, plan: AddressPlan): Promise<void> {
  await control.run(["ip", "link", "add", BRIDGE, "type", "bridge"]);
  await control.run(["ip", "address", "add", `${plan.control}/24`, "dev", BRIDGE]);
  await control.run(["ip", "link", "set", BRIDGE, "up"]);
  await control.run(["sysctl", "-qw", "net.ipv4.ip_forward=1", "net.bridge.bridge-nf-call-iptables=0"]);
  const far = ["peer", "name", "host", "netns", String(control.pid)];
  await ip("link", "add", plan.hostDevice, "type", "veth", ...far);
  await ip("address", "add", `${plan.host}/24`, "dev", plan.hostDevice);
  await ip("link", "set", plan.hostDevice, "up");
  await ip("route", "add", plan.pods, "via", plan.control, "dev", plan.hostDevice);
  await plugIn(control, "host");
}

/** Wires a node. `others` are the indexes of all the cluster's other nodes, also of those that come later. */
export async function wireNode(
  control: Machine,
  node: Machine,
  index: number,
  others: readonly number[],
  plan: AddressPlan,
): Promise<void> {
  const far = ["peer", "name", node.name, "netns", String(control.pid)];
  await ip("link", "add", "eth0", "netns", String(node.pid), "type", "veth", ...far);
  await node.run(["ip", "address", "add", `${plan.node(index)}/24`, "dev", "eth0"]);
  await node.run(["ip", "link", "set", "eth0", "up"]);
  await node.run(["ip", "route", "add", "default", "via", plan.control]);
  await node.run(["sysctl", "-qw", "net.ipv4.ip_forward=1", "net.bridge.bridge-nf-call-iptables=1"]);
  for (const other of others)
    await node.run(["ip", "route", "add", plan.podsOf(other), "via", plan.node(other)]);
  await plugIn(control, node.name);
  await control.run(["ip", "route", "replace", plan.podsOf(index), "via", plan.node(index)]);
}

/** Pulls the cable of a node, or plugs it in again. */
export async function setCable(control: Machine, node: string, state: "up" | "down"): Promise<void> {
  await control.run(["ip", "link", "set", node, state]);
}

async function plugIn(control: Machine, device: string): Promise<void> {
  await control.run(["ip", "link", "set", device, "master", BRIDGE, "up"]);
}

async function ip(...args: readonly string[]): Promise<void> {
  await run("ip", args);
}
