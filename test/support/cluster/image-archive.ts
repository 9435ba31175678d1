// An image of this host's engine as a file, which the nodes import: there is no registry.
import { createWriteStream } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { docker } from "../docker.ts";

/** Calls for each node, one after the other: each unpacks it all. */
export async function importEverywhere<T>(
  image: string,
  nodes: readonly T[],
  importOn: (node: T, archive: string) => Promise<void>,
): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "berth-image-"));
  try {
    const archive = join(folder, "image.tar");
    await pipeline(await docker.getImage(image).get(), createWriteStream(archive));
    for (const node of nodes) await importOn(node, archive);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
