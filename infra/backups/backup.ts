// Backing an assistant's state up, and putting a backup in its place. None of its containers may run meanwhile.
import { type FileHandle, open } from "node:fs/promises";
import { type Contents, checked, EMPTY_ARCHIVE } from "./contents.ts";
import { type Sum, sumOf, unpacked, writeEncrypted } from "./file.ts";
import { readBackupKey } from "./key.ts";
import { hasVolume, readVolume, replaceVolume, type StateVolume } from "./volume.ts";

/** Where backups of a deployment are kept, and how. */
export interface Keeping {
  /** In age's own form; see key.ts. */
  readonly keyFile: string;
  /** Of the archive, before it is packed. */
  readonly maxBytes: number;
}

/** A backup that is there, as its record knows it. */
export interface BackupFile {
  readonly file: string;
  readonly sha256: string;
}

/**
 * Writes the state into `file`; if a cut-off attempt has done so already, it is left as it is. Undefined, and no file, if
 * there is no state: no volume, or an empty one.
 * @throws Error when the engine or the disk fails, or the state is larger than it may be; there is no file then.
 */
export async function writeBackup(
  volume: StateVolume,
  file: string,
  { keyFile, maxBytes }: Keeping,
  signal: AbortSignal,
): Promise<Sum | undefined> {
  const known = await openIfThere(file);
  if (known) return sumOf(known).finally(() => known.close());
  if (!(await hasVolume(volume)) || (await isEmpty(volume, signal))) return undefined;
  const archive = checked(readVolume(volume, signal), maxBytes, { entries: 0, bytes: 0 });
  return writeEncrypted(file, keyFile, archive, signal);
}

/**
 * Replaces the state by that of a backup. The file is read to its end first, and refused before anything is touched.
 * @throws Error "The backup is damaged: …" when it is not what was written, or holds what no state has; "The backup is
 * gone: …" when there is no such file
 */
export async function restoreBackup(
  volume: StateVolume,
  backup: BackupFile,
  keeping: Keeping,
  signal: AbortSignal,
): Promise<void> {
  const handle = await openBackupFile(backup.file);
  try {
    await verify(handle, backup.sha256, keeping, signal);
    // The same open file: what was verified is what is put in place.
    await replaceVolume(volume, unpacked(handle, keeping.keyFile), signal);
  } finally {
    await handle.close();
  }
}

/** Makes the volume anew, with nothing in it. */
export async function clearState(volume: StateVolume, signal: AbortSignal): Promise<void> {
  await replaceVolume(volume, EMPTY_ARCHIVE, signal);
}

/** @throws Error as restoreBackup does */
export async function verifyBackup(backup: BackupFile, keeping: Keeping, signal: AbortSignal): Promise<void> {
  const handle = await openBackupFile(backup.file);
  await verify(handle, backup.sha256, keeping, signal).finally(() => handle.close());
}

async function verify(
  handle: FileHandle,
  sha256: string,
  { keyFile, maxBytes }: Keeping,
  signal: AbortSignal,
): Promise<void> {
  if ((await sumOf(handle)).sha256 !== sha256) throw damaged("its file was changed or cut short");
  // Without it no backup could be read: that is no fault of this one.
  await readBackupKey(keyFile);
  try {
    for await (const _piece of checked(unpacked(handle, keyFile), maxBytes, { entries: 0, bytes: 0 }))
      signal.throwIfAborted();
  } catch (error) {
    signal.throwIfAborted();
    throw damaged(error instanceof Error ? error.message : String(error));
  }
}

async function isEmpty(volume: StateVolume, signal: AbortSignal): Promise<boolean> {
  const contents: Contents = { entries: 0, bytes: 0 };
  for await (const _piece of checked(readVolume(volume, signal), Number.POSITIVE_INFINITY, contents))
    if (contents.entries > 0) return false;
  // The last of them are counted only when the archive has ended.
  return contents.entries === 0;
}

async function openIfThere(file: string): Promise<FileHandle | undefined> {
  return open(file, "r").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return undefined;
    throw error;
  });
}

async function openBackupFile(file: string): Promise<FileHandle> {
  const handle = await openIfThere(file);
  if (!handle) throw new Error("The backup is gone: its file is not where backups are kept.");
  return handle;
}

function damaged(why: string): Error {
  return new Error(`The backup is damaged: ${why}.`);
}
