// A lock of the operating system in a file of what it guards: fcntl's, taken by SQLite. It ends with its process however
// that ends, and holds whatever TMPDIR, mounts or container its rivals have. Nothing else may open the file: closing it
// would let the lock go.
import { stat } from "node:fs/promises";
import { DatabaseSync } from "node:sqlite";

const SQLITE_BUSY = 5;

export interface Lock {
  release(): void;
}

/** A lock that nobody refers to would be collected as garbage, and be lost. */
const held = new Set<DatabaseSync>();

/**
 * Takes the lock, or finds that a process (this one, too) has it. `shared`: with others that share it.
 * @param file is made if it is missing; its folder is not
 * @returns undefined if somebody has it
 * @throws Error naming the file when its file system has no locks, or this user may not write it
 */
export async function takeLock(file: string, how: "exclusive" | "shared"): Promise<Lock | undefined> {
  for (;;) {
    const before = await stat(file).catch(() => undefined);
    const lock = open(file, how);
    if (!lock) return undefined;
    const after = await stat(file).catch(() => undefined);
    // It may have been removed with its folder, and made again by another, between opening and locking.
    if (before && after && before.ino === after.ino && before.dev === after.dev) return lock;
    lock.release();
  }
}

function open(file: string, how: "exclusive" | "shared"): Lock | undefined {
  let database: DatabaseSync | undefined;
  try {
    database = new DatabaseSync(file, { timeout: 0 });
    // A shared lock is held for as long as a transaction has read something.
    if (how === "exclusive") database.exec("begin exclusive");
    else database.exec("begin; select count(*) from sqlite_schema");
  } catch (error) {
    database?.close();
    const { errcode, message } = error as Error & { errcode?: number };
    if (errcode === SQLITE_BUSY) return undefined;
    throw new Error(
      `The file ${file} can't be locked: ${message}. Its folder must be writable, and on a file system that has locks.`,
    );
  }
  const taken = database;
  held.add(taken);
  return {
    release() {
      if (held.delete(taken)) taken.close();
    },
  };
}
