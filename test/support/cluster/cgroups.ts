// Control groups of a cluster's nodes on this host, of version 1 and 2: the kubelets want theirs to be there.
import { existsSync, readdirSync, rmdirSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";

const ROOT = "/sys/fs/cgroup";

export function cgroupOf(cluster: string, node: string): string {
  return `${cluster}/${node}`;
}

export async function makeCgroups(cluster: string, node: string): Promise<void> {
  for (const hierarchy of hierarchies())
    await mkdir(join(hierarchy, cgroupOf(cluster, node)), { recursive: true });
}

/** Removes those of a cluster whose processes have ended. */
export function removeCgroups(cluster: string): void {
  for (const hierarchy of hierarchies()) removeTree(join(hierarchy, cluster));
}

function hierarchies(): string[] {
  if (existsSync(join(ROOT, "cgroup.controllers"))) return [ROOT];
  const names = readdirSync(ROOT, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  return names.map(({ name }) => join(ROOT, name)).filter((path) => existsSync(join(path, "cgroup.procs")));
}

/** A control group's files can't be removed; its folder can once its groups are. */
function removeTree(path: string): void {
  if (!existsSync(path)) return;
  for (const entry of readdirSync(path, { withFileTypes: true }))
    if (entry.isDirectory()) removeTree(join(path, entry.name));
  rmdirSync(path);
}
