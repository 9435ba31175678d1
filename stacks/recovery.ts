// What has to be done before a stack is touched again whose last operation didn't succeed: processes of it may still
// run, its lock may be a dead one's, its state may miss what was being made. Pulumi heals none of that by itself.
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Engine } from "../infra/target-engine.ts";
import { type Claim, claimFolder } from "./data-folder.ts";
import { endMarked } from "./process-mark.ts";
import { lockOwners } from "./pulumi-errors.ts";
import { breakLock, createStack, isStackMissing, openStack, type StackLocation } from "./workspace.ts";

/** What was cut off may cancel itself in good order for so long; then it is killed. */
const CANCEL_TIMEOUT_MS = 10_000;
const KILL_TIMEOUT_MS = 10_000;

/** An operation whose end is unknown, or was a failure. */
export interface Remains {
  /** The host whose worker tried it last; null for one that a version without this record tried. */
  readonly host: string | null;
}

/**
 * Makes this process the only one on this host that works on the stack. By its record the operation is this
 * process's: whoever still works on the stack has lost it and is ended.
 * @param mark of this process, for whoever comes after it
 */
export async function claimStack(
  { workDir, stackName }: StackLocation,
  remains: Remains | undefined,
  mark: string,
): Promise<Claim> {
  const file = join(workDir, "process");
  let claim = await claimWithin(workDir, CANCEL_TIMEOUT_MS);
  if (remains) {
    await endMarked(await readFile(file, "utf8").catch(() => mark));
    claim ??= await claimWithin(workDir, KILL_TIMEOUT_MS);
  }
  if (!claim) throw new Error(`the stack ${stackName} is currently locked by another process of this host.`);
  await mkdir(workDir, { recursive: true, mode: 0o700 });
  await writeFile(file, mark);
  return claim;
}

async function claimWithin(folder: string, timeoutMs: number): Promise<Claim | undefined> {
  for (const deadline = Date.now() + timeoutMs; ; await sleep(100)) {
    const claim = await claimFolder(folder);
    if (claim || Date.now() > deadline) return claim;
  }
}

/**
 * Takes over a dead owner's lock, drops what was pending, removes from the engine what the state doesn't know. Afterwards
 * the stack is there and free. `lostHost` is the one whose worker has lost the operation, if it was another.
 * @throws Error of the CLI when the stack is locked by somebody who may be writing.
 */
export async function recoverStack(
  location: StackLocation,
  lostHost: string | null,
  engine: Engine,
  signal: AbortSignal,
): Promise<void> {
  const stack = await openStack(location);
  const refresh = async () => {
    await stack.refresh({ clearPendingCreates: true, suppressProgress: true, signal });
  };
  const heal = async (error: unknown) => {
    // A removal that was cut off may have left a lock and no stack: made again, it is removed with its lock.
    if (isStackMissing(error)) await createStack(location);
    else if (await isLockedByTheDead(error, lostHost)) await breakLock(location);
    else throw error;
    await refresh();
  };
  await refresh().catch(heal).catch(heal);
  const { deployment } = await stack.exportStack();
  const resources: readonly { id?: string }[] = deployment?.resources ?? [];
  await engine.removeStrays(location.stackName, new Set(resources.flatMap(({ id }) => (id ? [id] : []))));
}

/**
 * Whether the CLI refused because of locks whose owners can't be writing any more: dead processes of this host, or
 * those of `lostHost`, whose worker has lost the operation. It has ended by its own clock before that could happen.
 */
export async function isLockedByTheDead(error: unknown, lostHost: string | null): Promise<boolean> {
  const owners = lockOwners(error instanceof Error ? error.message : "");
  const haveDied = await Promise.all(
    owners.map(async ({ host, pid }) => (host === hostname() ? !(await runsPulumi(pid)) : host === lostHost)),
  );
  return owners.length > 0 && !haveDied.includes(false);
}

/** A pid that is used again by another program is no owner, nor is a process that has ended and is not yet reaped. */
async function runsPulumi(pid: number): Promise<boolean> {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ESRCH") return false;
  }
  const stat = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => `${pid} (pulumi) R`);
  const [, command = "", state = ""] = /\((.*)\) (\S)/.exec(stat) ?? [];
  return command.startsWith("pulumi") && !"ZX".includes(state);
}
