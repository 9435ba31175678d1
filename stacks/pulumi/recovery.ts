// What has to be done before a stack is touched again whose last operation didn't succeed: processes of it may still
// run, its lock may be a dead one's, its state may miss what was being made. Pulumi heals none of that by itself.
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Target } from "../../infra/target.ts";
import { residentFolder } from "../../infra/toolchain/resident/resident.ts";
import { type Claim, claimFolder } from "../data-folder.ts";
import { lockOwners } from "./error-texts.ts";
import { endMarked } from "./process-mark.ts";
import { isDead, locked } from "./standing.ts";
import { breakLock, isStackMissing, openStack, type StackLocation } from "./workspace.ts";

/** What was cut off may cancel itself in good order for so long; then it is killed. */
const CANCEL_TIMEOUT_MS = 10_000;
const KILL_TIMEOUT_MS = 10_000;

/** Attempts whose end is unknown, or was a failure. */
export interface UnfinishedAttempts {
  /** The hosts whose workers made them, since the stack's last operation that succeeded: each may have left its lock. */
  readonly lostHosts: readonly string[];
}

/**
 * Makes this process the only one on this host that works on the stack. By its record the operation is this
 * process's: a process that still works on the stack has lost it and is ended.
 * @param mark of this process, for the process that comes after it
 */
export async function claimStack(
  { workDir }: Pick<StackLocation, "workDir">,
  unfinishedBefore: UnfinishedAttempts | undefined,
  mark: string,
): Promise<Claim> {
  const file = join(workDir, "process");
  await mkdir(workDir, { recursive: true, mode: 0o700 });
  let claim = await claimWithin(workDir, CANCEL_TIMEOUT_MS);
  if (unfinishedBefore) {
    const former = await readFile(file, "utf8").catch(() => mark);
    await endMarked(former);
    if (former !== mark) await rm(residentFolder(former), { recursive: true, force: true });
    claim ??= await claimWithin(workDir, KILL_TIMEOUT_MS);
  }
  if (!claim) throw locked("one of this host's Berth");
  await writeFile(file, mark);
  return claim;
}

async function claimWithin(folder: string, timeoutMs: number): Promise<Claim | undefined> {
  for (const deadline = performance.now() + timeoutMs; ; await sleep(100)) {
    const claim = await claimFolder(folder);
    if (claim || performance.now() > deadline) return claim;
  }
}

/**
 * Takes over a dead owner's lock, drops what was pending, removes from the engine what the state doesn't know. Afterwards
 * the stack is free. `kept` is where the data is by its record, whatever the state says.
 * @returns whether there is such a stack
 * @throws Error of the CLI when the stack is locked by somebody who may be writing.
 */
export async function recoverStack(
  location: StackLocation,
  { lostHosts, kept }: UnfinishedAttempts & { readonly kept: string | undefined },
  target: Pick<Target, "removeStrays">,
  signal: AbortSignal,
): Promise<boolean> {
  const stack = await openStack(location);
  const refresh = async () => {
    await stack.refresh({ clearPendingCreates: true, suppressProgress: true, signal });
  };
  try {
    await refresh().catch(async (error: unknown) => {
      if (!(await isLockedByTheDead(error, lostHosts))) throw error;
      await breakLock(location);
      await refresh();
    });
  } catch (error) {
    if (isStackMissing(error)) return false;
    throw error;
  }
  const { deployment } = await stack.exportStack();
  const resources: readonly { id?: string }[] = deployment?.resources ?? [];
  const known = new Set(resources.flatMap(({ id }) => (id ? [id] : [])));
  await target.removeStrays(location.stackName, known, kept);
  return true;
}

/** Whether the CLI refused because of locks whose owners can't be writing any more. */
export async function isLockedByTheDead(error: unknown, lostHosts: readonly string[]): Promise<boolean> {
  const owners = lockOwners(error instanceof Error ? error.message : "");
  const haveDied = await Promise.all(owners.map((owner) => isDead(owner, lostHosts)));
  return owners.length > 0 && !haveDied.includes(false);
}
