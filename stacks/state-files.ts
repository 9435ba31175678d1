// What a file backend keeps of a stack besides its state. Pulumi keeps past updates for ever, two files each, and a copy
// of a removed stack: a deployment that is redeployed for years would fill the disk. README says what other backends need.
import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { PROJECT } from "./pulumi-environment.ts";

/** Updates of a stack that `pulumi stack history` still tells of. */
export const KEPT_UPDATES = 20;

/** Folder of a file backend; undefined for any other. */
export function stateFolder(backendUrl: string): string | undefined {
  if (!backendUrl.startsWith("file://")) return undefined;
  return fileURLToPath(`file://${new URL(backendUrl).pathname}`);
}

/** Removes all but the latest updates of a stack. */
export async function forgetOldUpdates(folder: string, stackName: string): Promise<void> {
  const history = join(folder, ".pulumi/history", PROJECT, stackName);
  const files = await readdir(history).catch(() => []);
  // `<stack>-<time in ns>.history.json` and `….checkpoint.json`: in order of time, whatever Pulumi adds to the endings.
  const updates = Map.groupBy(files.toSorted(), (file) => file.split(".")[0]);
  const old = [...updates.values()].slice(0, -KEPT_UPDATES).flat();
  await Promise.all(old.map((file) => rm(join(history, file), { force: true })));
}

/** Removes the copy that Pulumi leaves of a stack that it has removed. */
export async function forgetRemoved(folder: string, stackName: string): Promise<void> {
  await rm(join(folder, ".pulumi/stacks", PROJECT, `${stackName}.json.bak`), { force: true });
}
