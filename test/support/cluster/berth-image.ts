// Berth's own image, as `npm run -s berth -- image` makes it, on every node of the cluster.
import { createWriteStream } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { buildDashboard } from "../../../api/web-build.ts";
import { buildBerthImage } from "../../../infra/docker/images/build-berth.ts";
import { needsOf } from "../../../infra/targets.ts";
import { setUp } from "../../../infra/toolchain/setup.ts";
import { docker } from "../docker.ts";
import { importOnNode } from "./faults.ts";

/** As the nodes call it. */
export const BERTH_IMAGE = "docker.io/library/berth-test/in-cluster:1";

export async function putBerthImage(nodes: readonly string[]): Promise<void> {
  const environment = process.env;
  const toolchain = await setUp({ environment, needs: needsOf(["docker", "kubernetes"]) });
  const dashboard = await buildDashboard(environment);
  await buildBerthImage(docker, BERTH_IMAGE, { toolchain, dashboard, environment });
  const folder = await mkdtemp(join(tmpdir(), "berth-image-"));
  try {
    const archive = join(folder, "image.tar");
    await pipeline(await docker.getImage(BERTH_IMAGE).get(), createWriteStream(archive));
    // One after the other: each unpacks it all.
    for (const node of nodes) await importOnNode(node, archive);
  } finally {
    await rm(folder, { recursive: true, force: true });
    await docker.getImage(BERTH_IMAGE).remove();
  }
}
