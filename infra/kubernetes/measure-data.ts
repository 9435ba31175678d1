// How much room an assistant's data takes, and what its volume has left: counted by a program in the assistant's own container. No
// other pod can have the claim while it runs, on most classes.
import { z } from "zod";
import { STATE_PATH } from "../assistant/image-contract.ts";
import type { Measurement } from "../found.ts";
import type { Cluster } from "./client.ts";
import { InsidePod } from "./inside-pod.ts";
import { isReady } from "./pod-state.ts";
import { readPod } from "./settlement.ts";

/** Files that are counted. */
const MOST_FILES = 1_000_000;
/** A file with several names counts once; each name for 4 KiB at least. */
const PROGRAM = `import { lstat, opendir, statfs } from "node:fs/promises";
const [, root, most] = process.argv;
let [bytes, names] = [0, 0];
const counted = new Set();
const folders = [root];
for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
  for await (const entry of await opendir(folder).catch(() => [])) {
    if (++names > most) throw new Error("The data has too many files to be measured.");
    const path = folder + "/" + entry.name;
    const found = await lstat(path).catch(() => undefined);
    if (found?.isDirectory()) folders.push(path);
    if (!found || (found.nlink > 1 && !found.isDirectory() && counted.has(found.ino))) continue;
    if (found.nlink > 1) counted.add(found.ino);
    bytes += found.blocks * 512;
  }
}
const { bavail, blocks, bsize } = await statfs(root);
console.log(JSON.stringify({ usedBytes: Math.max(bytes, names * 4096), freeBytes: bavail * bsize, diskBytes: blocks * bsize }));
`;

const bytes = z.number().int().nonnegative().max(Number.MAX_SAFE_INTEGER);
/** What runs there is a stranger's: it is believed in form only. */
const Printed = z.object({ usedBytes: bytes, freeBytes: bytes, diskBytes: bytes });

/** Undefined while it does not run. @throws Error when it can't be measured */
export async function measureData(cluster: Cluster, deploymentId: string): Promise<Measurement | undefined> {
  const pod = await readPod(cluster, deploymentId);
  if (!pod || !isReady(pod)) return undefined;
  const printed = await new InsidePod(cluster, deploymentId).run(PROGRAM, STATE_PATH, String(MOST_FILES));
  return Printed.parse(JSON.parse(printed));
}
