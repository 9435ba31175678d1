// kube-router, of which only the part that enforces network policies runs: a node's pods are on a bridge already.
import type { Machine } from "./machine.ts";
import type { AddressPlan } from "./network.ts";
import type { Program } from "./program.ts";

const SYNC_PERIOD = "15s";

/** @param kubeconfig of a user that may list pods, namespaces, nodes and policies */
export function startPolicyEngine(machine: Machine, plan: AddressPlan, kubeconfig: string): Program {
  return machine.start("kube-router", [
    "kube-router",
    `--kubeconfig=${kubeconfig}`,
    `--hostname-override=${machine.name}`,
    "--run-firewall=true",
    "--run-router=false",
    "--run-service-proxy=false",
    `--service-cluster-ip-range=${plan.services}`,
    `--iptables-sync-period=${SYNC_PERIOD}`,
    "--health-port=0",
  ]);
}
