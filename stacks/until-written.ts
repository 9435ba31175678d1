import { setTimeout as sleep } from "node:timers/promises";

const AGAIN_AFTER_MS = 500;

/** A database that is away for a moment is waited for: what is to be written down has happened. */
export async function untilWritten<T>(write: () => Promise<T>, withinMs: number): Promise<T> {
  for (const deadline = Date.now() + withinMs; ; await sleep(AGAIN_AFTER_MS)) {
    try {
      return await write();
    } catch (error) {
      if (Date.now() > deadline) throw error;
    }
  }
}
