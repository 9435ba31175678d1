// A real Kubernetes cluster on this host: a control plane and nodes, each a machine with namespaces of its own.
import { mkdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { lock } from "../../../infra/toolchain/lock.mjs";
import { run } from "../../../infra/toolchain/run.ts";
import { ApiClient } from "./api-client.ts";
import { Authority } from "./certificates.ts";
import { removeCgroups } from "./cgroups.ts";
import { type ControlPlane, startControlPlane } from "./control-plane.ts";
import { startEtcd } from "./etcd.ts";
import { ensureImages } from "./images.ts";
import { Machine } from "./machine.ts";
import { type AddressPlan, addressPlan, wireControl } from "./network.ts";
import { type Node, startNode } from "./node.ts";
import type { Parts } from "./parts.ts";
import { startProvisioner } from "./provisioner.ts";

const READY_MS = 120_000;

export interface ClusterOptions {
  readonly parts: Parts;
  /** Folder for the lock that keeps two clusters of one slice apart. */
  readonly cache: string;
  /** Its addresses are 10.<slice>.…, see network.ts. */
  readonly slice: number;
  readonly nodes: number;
}

export interface Cluster {
  readonly plan: AddressPlan;
  /** Of an administrator, as all it names. */
  readonly kubeconfig: string;
  readonly control: Machine;
  readonly controlPlane: ControlPlane;
  readonly nodes: readonly Node[];
  /** Ends every program and leaves nothing. What it does not get to end ends with this process. */
  stop(): Promise<void>;
}

/** Resolves when all nodes are ready. @throws Error with the last lines of the program that failed */
export async function startCluster({ parts, cache, slice, nodes: count }: ClusterOptions): Promise<Cluster> {
  const name = `berth-cluster-${slice}`;
  const release = await lock(join(cache, `${name}.lock`), () => {});
  const folder = join(tmpdir(), name);
  const endings: (() => Promise<unknown>)[] = [];
  const stop = async () => {
    for (const end of endings.splice(0).reverse()) await end();
  };
  endings.push(release);
  try {
    await removeLeftovers(name, folder, addressPlan(slice).hostDevice);
    endings.push(() => removeLeftovers(name, folder, addressPlan(slice).hostDevice));
    return { ...(await build({ parts, cache, slice, name, folder, count, endings })), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

interface Building {
  readonly parts: Parts;
  readonly cache: string;
  readonly slice: number;
  readonly name: string;
  readonly folder: string;
  readonly count: number;
  readonly endings: (() => Promise<unknown>)[];
}

async function build({
  parts,
  cache,
  slice,
  name,
  folder,
  count,
  endings,
}: Building): Promise<Omit<Cluster, "stop">> {
  const plan = addressPlan(slice);
  const environment = { PATH: parts.searchPath, LD_LIBRARY_PATH: parts.libraries, HOME: folder };
  mkdirSync(folder, { recursive: true });
  const start = async (machine: string) => {
    const started = await Machine.start(machine, join(folder, machine), environment);
    endings.push(() => started.end());
    return started;
  };
  const control = await start("control");
  await wireControl(control, plan);
  const [authority, archive] = await Promise.all([
    Authority.create(join(folder, "certificates")),
    ensureImages(cache, parts.pause),
    startEtcd(control),
  ]);
  const controlPlane = await startControlPlane(control, plan, authority, parts.kubectl);
  const indexes = Array.from({ length: count }, (_, index) => index);
  const { server, kubeconfig } = controlPlane;
  const startOne = async (index: number) => {
    const others = indexes.filter((other) => other !== index);
    const machine = await start(`node-${index + 1}`);
    const wires = { machine, control, index, others, plan };
    return startNode({ ...wires, parts, archive, authority, server, kubeconfig, cluster: name });
  };
  // When one fails the others are finished, so that they are ended.
  const starting = indexes.map(startOne);
  await Promise.allSettled(starting);
  const nodes = await Promise.all(starting);
  endings.push(await startProvisioner(kubeconfig, (node) => join(folder, node, "lib")));
  await untilReady(kubeconfig, nodes);
  return { plan, kubeconfig, control, controlPlane, nodes };
}

async function untilReady(kubeconfig: string, nodes: readonly Node[]): Promise<void> {
  const api = new ApiClient(kubeconfig);
  const deadline = performance.now() + READY_MS;
  try {
    for (;;) {
      const { items } = await api.call("GET", "/api/v1/nodes");
      const ready = items.filter(({ status }: { status: { conditions?: Condition[] } }) =>
        status.conditions?.some(({ type, status: is }) => type === "Ready" && is === "True"),
      );
      const { items: accounts } = await api.call("GET", "/api/v1/namespaces/default/serviceaccounts");
      if (ready.length === nodes.length && accounts.length > 0) return;
      const programs = nodes.flatMap(({ kubelet, policyEngine }) => [kubelet, policyEngine]);
      const ended = programs.find(({ hasEnded }) => hasEnded);
      if (ended || performance.now() > deadline)
        throw new Error(
          `Of the nodes only ${ready.length} are ready:\n    ${(ended ?? programs[0])?.lastLines}`,
        );
      await sleep(200);
    }
  } finally {
    api.close();
  }
}

interface Condition {
  readonly type: string;
  readonly status: string;
}

async function removeLeftovers(name: string, folder: string, device: string): Promise<void> {
  await run("ip", ["link", "delete", device]).catch(() => "");
  // The processes of a machine are gone a moment after its first one.
  for (let left = 50; ; left--) {
    try {
      removeCgroups(name);
      break;
    } catch (error) {
      if (left === 0) throw error;
      await sleep(100);
    }
  }
  rmSync(folder, { recursive: true, force: true });
}
