// What the child process of an operation does to make a backup, or to restore one.
import { restoreBackup, verifyBackup, writeBackup } from "../../infra/backups/backup.ts";
import type { Sum } from "../../infra/backups/file.ts";
import { type AssistantData, DataUntouched } from "../../infra/target.ts";
import type { BackUp, Restore, Written } from "./work.ts";

interface Watch {
  readonly signal: AbortSignal;
  /** Called once the file of a backup is whole, or that there was nothing to write. */
  readonly onWritten: (sum: Sum | undefined) => void;
}

/**
 * Copies the state while the assistant stands still, which makes the copy consistent, and starts it again whatever
 * happens. After a crash the next attempt does: what is meant to run is started even if it did not run before.
 */
export async function backUp(
  state: AssistantData,
  { file, keeping, meantToRun, startupTimeoutSeconds }: BackUp,
  { signal, onWritten }: Watch,
): Promise<void> {
  signal.throwIfAborted();
  const wasRunning = await state.halt();
  let sum: Sum | undefined;
  try {
    sum = await writeBackup(state, file, keeping, signal);
  } finally {
    if (wasRunning || meantToRun) await state.start();
  }
  if (!sum) throw new Error("There is no data yet: nothing was backed up.");
  onWritten(sum);
  if (meantToRun) await state.untilStarted(meantToRun.endpoint, startupTimeoutSeconds);
}

/**
 * Puts a backup in the place of the state, once it is known to be whole and `stop` has removed the containers. The
 * present state is backed up before. Where it could not be left alone until the new one was whole, it is put back from there.
 */
export async function restore(
  state: AssistantData,
  { from, before, keeping }: Restore,
  stop: () => Promise<void>,
  { signal, onWritten }: Watch,
): Promise<void> {
  await verifyBackup(from, keeping, signal);
  await stop();
  const sum = before ? await writeBackup(state, before, keeping, signal) : undefined;
  if (before) onWritten(sum);
  try {
    await restoreBackup(state, from, keeping, signal);
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof DataUntouched) throw error;
    const incomplete = (why: unknown) =>
      new Error(
        `The data is neither the backup's nor what it was: ${why instanceof Error ? why.message : why}`,
      );
    if (!sum) throw incomplete(error);
    await restoreBackup(state, { file: before, ...sum }, keeping, signal).catch((failure: unknown) => {
      throw incomplete(failure);
    });
    throw error;
  }
}

/** Copies the state once `stop` has removed the containers. */
export async function writeOnceStopped(
  state: AssistantData,
  { file, keeping }: Written,
  stop: () => Promise<void>,
  { signal, onWritten }: Watch,
): Promise<void> {
  await stop();
  onWritten(await writeBackup(state, file, keeping, signal));
}
