// The data folder: closed to other users, and the guarantee that one process at a time uses what is embedded in it.
import { chmod, mkdir, realpath, stat } from "node:fs/promises";
import { join } from "node:path";
import { takeLock } from "../infra/toolchain/os-lock.ts";

const OTHERS = 0o077;
/** Of other versions, too: the name of the lock in a folder that is claimed. */
const LOCK = "lock";

/**
 * Creates the folder, and closes it to other users if it is open to them.
 * @param onClosed is told of a folder that was open
 * @returns its absolute path
 * @throws Error naming the folder when it is another user's, or can't be closed
 */
export async function openDataFolder(
  folder: string,
  onClosed: (message: string) => void = () => {},
): Promise<string> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const path = await realpath(folder);
  const before = await stat(path);
  const me = process.getuid?.();
  if (me === undefined) return path;
  if (before.uid !== me)
    throw new Error(
      `The data folder ${path} belongs to user ${before.uid}, and Berth runs as user ${me}. Give it to that user: chown -R ${me} '${path}'`,
    );
  // Also of a new one: a umask takes from the mode that was asked for.
  await chmod(path, 0o700).catch(() => {});
  const { mode } = await stat(path);
  if ((mode & 0o777) !== 0o700)
    throw new Error(
      `The data folder ${path} is open to other users (mode ${octal(mode)}), and its file system does not let Berth close it. Set BERTH_DATA_DIR to a folder on another one.`,
    );
  if ((before.mode & OTHERS) !== 0)
    onClosed(
      `The data folder ${path} was open to other users (mode ${octal(before.mode)}) and was closed (0700). If others could read it, take other keys: npm run -s berth -- keys rotate-installation`,
    );
  return path;
}

function octal(mode: number): string {
  return (mode & 0o777).toString(8).padStart(4, "0");
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
