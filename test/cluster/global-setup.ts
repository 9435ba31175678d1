// One cluster of three nodes for all files of this folder.
import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import type { TestProject } from "vitest/node";
import { cacheFolder } from "../../infra/toolchain/cache.ts";
import { step } from "../../infra/toolchain/progress.ts";
import { startCluster } from "../support/cluster/cluster.ts";
import { serveFaults } from "../support/cluster/faults.ts";
import { startOutside } from "../support/cluster/outside.ts";
import { ensureParts } from "../support/cluster/parts.ts";

const SLICE = 65;
const NODES = 3;

declare module "vitest" {
  export interface ProvidedContext {
    readonly cluster: {
      readonly kubeconfig: string;
      /** Path of the program. */
      readonly kubectl: string;
      /** Address of the API server, and of this host as its pods see it, with a port where somebody listens. */
      readonly control: string;
      readonly host: string;
      readonly hostPort: number;
      readonly faultsPort: number;
      readonly nodes: readonly { readonly name: string; readonly address: string }[];
    };
  }
}

export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const cache = await cacheFolder(process.env);
  const parts = await ensureParts(cache, process.env);
  const cluster = await step(`Starting a cluster of ${NODES} nodes`, () =>
    startCluster({ parts, cache, slice: SLICE, nodes: NODES }),
  );
  await startOutside(cluster.control);
  const listener = createServer((socket) => socket.end()).listen(0, cluster.plan.host);
  await once(listener, "listening");
  const faults = await serveFaults(cluster);
  project.provide("cluster", {
    kubeconfig: cluster.kubeconfig,
    kubectl: parts.kubectl,
    control: cluster.plan.control,
    host: cluster.plan.host,
    faultsPort: faults.port,
    hostPort: (listener.address() as AddressInfo).port,
    nodes: cluster.nodes.map(({ name, address }) => ({ name, address })),
  });
  return async () => {
    listener.close();
    faults.close();
    await cluster.stop();
  };
}
