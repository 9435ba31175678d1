// Backing an assistant's state up, and putting a backup in its place. None of its containers may run meanwhile.
import { type FileHandle, open } from "node:fs/promises";
import type { AssistantData } from "../target.ts";
import { type Contents, checked } from "./contents.ts";
import { type Sum, sumOf, unpacked, writeEncrypted } from "./file.ts";
import { readBackupKey } from "./key.ts";

/** What a target's way to the data offers for it: see ../target.ts. */
type Source = Pick<AssistantData, "read">;
type Place = Pick<AssistantData, "replace">;

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
 * there is no state.
 * @throws Error when the target or the disk fails, or the state is larger than it may be; there is no file then.
 */
export async function writeBackup(
  state: Source,
  file: string,
  { keyFile, maxBytes }: Keeping,
  signal: AbortSignal,
): Promise<Sum | undefined> {
  const known = await openIfThere(file);
  if (known) return sumOf(known).finally(() => known.close());
  const contents: Contents = { entries: 0, bytes: 0 };
  const archive = checked(state.read(signal), { maxBytes, isNew: true }, contents);
  return writeEncrypted(file, keyFile, refusingNothing(archive, contents), signal).catch((error: unknown) => {
    if (error instanceof NothingThere) return undefined;
    throw error;
  });
}

class NothingThere extends Error {}

/** Whether an archive holds anything is known when it has ended, and reading it twice may take minutes. */
async function* refusingNothing(
  archive: AsyncIterable<Uint8Array>,
  contents: Contents,
): AsyncGenerator<Uint8Array> {
  yield* archive;
  if (contents.entries === 0) throw new NothingThere();
}

/**
 * Replaces the state by that of a backup. The file is read to its end first, and refused before anything is touched.
 * @throws Error "The backup is damaged: …" when it is not what was written, or holds what no state has; "The backup is
 * gone: …" when there is no such file
 */
export async function restoreBackup(
  state: Place,
  backup: BackupFile,
  keeping: Keeping,
  signal: AbortSignal,
): Promise<void> {
  const handle = await openBackupFile(backup.file);
  try {
    await verify(handle, backup.sha256, keeping, signal);
    // The same open file: what was verified is what is put in place.
    await state.replace(unpacked(handle, keeping.keyFile), signal);
  } finally {
    await handle.close();
  }
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
    const archive = unpacked(handle, keyFile);
    for await (const _piece of checked(archive, { maxBytes, isNew: false }, { entries: 0, bytes: 0 }))
      signal.throwIfAborted();
  } catch (error) {
    signal.throwIfAborted();
    throw damaged(error instanceof Error ? error.message : String(error));
  }
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
