// What has to be done before a stack is touched again whose last operation was cut off: its lock is a dead
// process's, its state may miss what was being made, and Pulumi heals neither by itself.
import { setTimeout as sleep } from "node:timers/promises";
import { removeStrays } from "../infra/engine.ts";
import { claimFolder } from "./data-folder.ts";
import { breakLock, openStack, type StackLocation } from "./workspace.ts";

/** Longer than a cut-off operation takes to notice that its parent is gone and to cancel. */
const CLAIM_TIMEOUT_MS = 90_000;

/**
 * Makes this process, until it ends, the only one on this host that works on the stack; waits for one that is still
 * ending.
 * @throws Error when that one does not end.
 */
export async function claimStack({ workDir, stackName }: StackLocation): Promise<void> {
  for (const deadline = Date.now() + CLAIM_TIMEOUT_MS; ; await sleep(200)) {
    if (await claimFolder(workDir)) return;
    if (Date.now() > deadline)
      throw new Error(`the stack ${stackName} is currently locked by another process of this host.`);
  }
}

/** Takes over the dead owner's lock, drops what was pending and removes from the engine what the state doesn't know. */
export async function recoverStack(
  location: StackLocation,
  target: string,
  signal: AbortSignal,
): Promise<void> {
  await breakLock(location);
  const stack = await openStack(location);
  await stack.refresh({ clearPendingCreates: true, signal });
  if (target !== "docker") return;
  const { deployment } = await stack.exportStack();
  const resources: readonly { id?: string }[] = deployment?.resources ?? [];
  await removeStrays(location.stackName, new Set(resources.flatMap(({ id }) => (id ? [id] : []))));
}
