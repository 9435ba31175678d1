// One cluster of three nodes for all files of this folder.
import type { TestProject } from "vitest/node";
import { cacheFolder } from "../../infra/toolchain/cache.ts";
import { step } from "../../infra/toolchain/progress.ts";
import { startCluster } from "../support/cluster/cluster.ts";
import { ensureParts } from "../support/cluster/parts.ts";

const SLICE = 65;
const NODES = 3;

declare module "vitest" {
  export interface ProvidedContext {
    readonly cluster: {
      readonly kubeconfig: string;
      /** Path of the program. */
      readonly kubectl: string;
      readonly control: string;
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
  project.provide("cluster", {
    kubeconfig: cluster.kubeconfig,
    kubectl: parts.kubectl,
    control: cluster.plan.control,
    nodes: cluster.nodes.map(({ name, address }) => ({ name, address })),
  });
  return () => cluster.stop();
}
