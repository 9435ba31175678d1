// A cluster for a shell: `node test/support/cluster/start.ts [slice] [nodes]` starts it, prints the path of its kubeconfig
// and goes on until it is interrupted.
import { once } from "node:events";
import { cacheFolder } from "../../../infra/toolchain/cache.ts";
import { printFailure, say, step } from "../../../infra/toolchain/progress.ts";
import { startCluster } from "./cluster.ts";
import { ensureParts } from "./parts.ts";

const [slice = "66", nodes = "1"] = process.argv.slice(2);
try {
  const cache = await cacheFolder(process.env);
  const parts = await ensureParts(cache, process.env);
  const cluster = await step("Starting the cluster", () =>
    startCluster({ parts, cache, slice: Number(slice), nodes: Number(nodes) }),
  );
  const interrupted = Promise.race([once(process, "SIGINT"), once(process, "SIGTERM")]);
  say(`kubectl is ${parts.kubectl}; end the cluster with Ctrl-C`);
  console.log(`KUBECONFIG=${cluster.kubeconfig}`);
  await interrupted;
  await cluster.stop();
} catch (error) {
  printFailure(error);
  process.exitCode = 1;
}
