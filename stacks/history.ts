// A stack's past updates. Pulumi keeps them for ever, two files each; a deployment that is redeployed for years would
// fill the disk. Of a file backend the oldest are removed here; README says what other backends need.
import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { PROJECT } from "./pulumi-environment.ts";
import type { StackSettings } from "./settings.ts";

/** Updates of a stack that `pulumi stack history` still tells of. */
export const KEPT_UPDATES = 20;

/** Removes all but the latest updates of a deployment's stack. Its state is another file. */
export async function forgetOldUpdates(
  { backendUrl }: Pick<StackSettings, "backendUrl">,
  deploymentId: string,
): Promise<void> {
  if (!backendUrl.startsWith("file://")) return;
  const state = fileURLToPath(`file://${new URL(backendUrl).pathname}`);
  const folder = join(state, ".pulumi/history", PROJECT, deploymentId);
  const files = await readdir(folder).catch(() => []);
  // `<stack>-<time in ns>.history.json` and `….checkpoint.json`: in order of time, whatever Pulumi adds to the endings.
  const updates = Map.groupBy(files.toSorted(), (file) => file.split(".")[0]);
  const old = [...updates.values()].slice(0, -KEPT_UPDATES).flat();
  await Promise.all(old.map((file) => rm(join(folder, file), { force: true })));
}
