// Berth's own image, as `npm run -s berth -- image` makes it, on every node of the cluster.
import { buildDashboard } from "../../../api/web-build.ts";
import { buildBerthImage } from "../../../infra/docker/images/build-berth.ts";
import { needsOf } from "../../../infra/targets.ts";
import { setUp } from "../../../infra/toolchain/setup.ts";
import { docker } from "../docker.ts";
import { importOnNode } from "./faults.ts";
import { importEverywhere } from "./image-archive.ts";

/** As the nodes call it. */
export const BERTH_IMAGE = "docker.io/library/berth-test/in-cluster:1";

export async function putBerthImage(nodes: readonly string[]): Promise<void> {
  const environment = process.env;
  const toolchain = await setUp({ environment, needs: needsOf(["docker", "kubernetes"]) });
  const dashboard = await buildDashboard(environment);
  await buildBerthImage(docker, BERTH_IMAGE, { toolchain, dashboard, environment });
  try {
    await importEverywhere(BERTH_IMAGE, nodes, importOnNode);
  } finally {
    await docker.getImage(BERTH_IMAGE).remove();
  }
}
