// The data folder: closed to other users, and the guarantee that one process at a time uses what is embedded in it.
import { stat, statfs } from "node:fs/promises";
import { join } from "node:path";
import { openClosedFolder } from "../infra/toolchain/closed-folder.ts";
import { takeLock } from "../infra/toolchain/os-lock.ts";

/** The name of the lock in a folder that is claimed. */
const LOCK = "lock";

/**
 * Creates the folder, and closes it to other users if it is open to them.
 * @param onClosed is called for a folder that was open
 * @returns its absolute path
 * @throws Error naming the folder when it is another user's, or can't be closed
 */
export async function openDataFolder(
  folder: string,
  onClosed: (message: string) => void = () => {},
): Promise<string> {
  const advice = "If others could read it, take other keys: npm run -s berth -- keys rotate-installation";
  return openClosedFolder(folder, {
    what: "data folder",
    variable: "BERTH_DATA_DIR",
    onClosed: (message) => onClosed(`${message} ${advice}`),
  });
}

export interface Claim {
  release(): Promise<void>;
}

/**
 * Claims the data folder until this process ends. `together`: beside others that share one PostgreSQL.
 * @throws Error naming the folder when another process has it.
 */
export async function claimDataFolder(folder: string, how: "alone" | "together" = "alone"): Promise<Claim> {
  const lock = await takeLock(join(folder, LOCK), how === "alone" ? "exclusive" : "shared");
  if (lock) return { release: async () => lock.release() };
  const advice =
    how === "alone"
      ? "Stop that process, set BERTH_DATA_DIR to another folder, or set DATABASE_URL to share one PostgreSQL."
      : "That process has the embedded database of the folder. Stop it, or set BERTH_DATA_DIR to another folder.";
  throw new Error(`The data folder ${folder} is in use by another Berth process. ${advice}`);
}

/** Claims a folder for this process until it ends; undefined if another one has it, or there is no such folder. */
export async function claimFolder(folder: string): Promise<Claim | undefined> {
  const isThere = await stat(folder).then(
    () => true,
    () => false,
  );
  const lock = isThere ? await takeLock(join(folder, LOCK), "exclusive") : undefined;
  return lock && { release: async () => lock.release() };
}

/** Whether the file system of a folder has no more room than that left for what is written there. */
export async function isDiskFull(folder: string, neededBytes: number): Promise<boolean> {
  const found = await statfs(folder).catch(() => undefined);
  return found !== undefined && found.bavail * found.bsize < neededBytes;
}
