// How many inotify instances the host's kernel lets one user have. Each OpenClaw holds one, and its tools some more; where the
// engine maps users, and with assistants of versions before, several are one user.
import { readFile, writeFile } from "node:fs/promises";
import type { HostFinding } from "../found.ts";

const FILE = "/proc/sys/fs/inotify/max_user_instances";
/** Kernels begin with 128. An instance takes about a KiB. */
export const ENOUGH_INSTANCES = 1024;

/** What the operator should know; undefined if there are enough, or this host does not show it. */
export async function inotifyFinding(): Promise<HostFinding | undefined> {
  const most = await readMost();
  if (most === undefined || most >= ENOUGH_INSTANCES) return undefined;
  return {
    message: `The kernel lets one user have ${most} inotify instances, of which assistants that share a user run out.`,
    advice: `Run: sudo sysctl -w fs.inotify.max_user_instances=${ENOUGH_INSTANCES}, and write it into a file of /etc/sysctl.d for the next boot.`,
  };
}

/** Raises the limit if it is lower. @returns whether it was; not without the right to */
export async function raiseInotify(): Promise<boolean> {
  const most = await readMost();
  if (most === undefined || most >= ENOUGH_INSTANCES) return false;
  return writeFile(FILE, String(ENOUGH_INSTANCES)).then(
    () => true,
    () => false,
  );
}

async function readMost(): Promise<number | undefined> {
  const text = await readFile(FILE, "utf8").catch(() => "");
  return /^\d+$/.test(text.trim()) ? Number(text) : undefined;
}
