// What the child process of an operation does to make a backup, or to restore one.
import { resourceName } from "../../infra/args.ts";
import { clearState, restoreBackup, verifyBackup, writeBackup } from "../../infra/backups/backup.ts";
import type { Sum } from "../../infra/backups/file.ts";
import { haltAssistant, startAssistant } from "../../infra/halt.ts";
import { untilStarted } from "../../infra/started.ts";
import type { BackUp, Restore, Written } from "./work.ts";

interface Watch {
  readonly signal: AbortSignal;
  /** Told once the file of a backup is whole, or that there was nothing to write. */
  readonly onWritten: (sum: Sum | undefined) => void;
}

/**
 * Copies the state while the assistant stands still, which makes the copy consistent, and starts it again whatever
 * happens. After a crash the next attempt does: what is meant to run is started even if it did not run before.
 */
export async function backUp(
  deploymentId: string,
  work: BackUp,
  { signal, onWritten }: Watch,
): Promise<void> {
  const { file, keeping, image, endpoint, startupTimeoutSeconds: timeoutSeconds } = work;
  signal.throwIfAborted();
  const wasRunning = await haltAssistant(deploymentId);
  let sum: Sum | undefined;
  try {
    sum = await writeBackup({ deploymentId, image }, file, keeping, signal);
  } finally {
    if (wasRunning || endpoint) await startAssistant(deploymentId);
  }
  if (!sum) throw new Error("There is no data yet: nothing was backed up.");
  onWritten(sum);
  const container = resourceName(deploymentId);
  if (endpoint) await untilStarted({ container, url: `${endpoint}/startupz`, timeoutSeconds });
}

/**
 * Puts a backup in the place of the state, once it is known to be whole and `stop` has removed the containers. The
 * present state is backed up before, and comes back if the new one can't be put in place.
 */
export async function restore(
  deploymentId: string,
  { from, before, keeping, image }: Restore,
  stop: () => Promise<void>,
  { signal, onWritten }: Watch,
): Promise<void> {
  const volume = { deploymentId, image };
  await verifyBackup(from, keeping, signal);
  await stop();
  const sum = before ? await writeBackup(volume, before, keeping, signal) : undefined;
  if (before) onWritten(sum);
  try {
    await restoreBackup(volume, from, keeping, signal);
  } catch (error) {
    signal.throwIfAborted();
    const back = sum
      ? restoreBackup(volume, { file: before, ...sum }, keeping, signal)
      : clearState(volume, signal);
    await back.catch((failure: Error) => {
      throw new Error(`The data is neither the backup's nor what it was: ${failure.message}`);
    });
    throw error;
  }
}

/** Copies the state once `stop` has removed the containers. */
export async function writeOnceStopped(
  deploymentId: string,
  { file, keeping, image }: Written,
  stop: () => Promise<void>,
  { signal, onWritten }: Watch,
): Promise<void> {
  await stop();
  onWritten(await writeBackup({ deploymentId, image }, file, keeping, signal));
}
