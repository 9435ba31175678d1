// The files of backups as their customer gets them, and gets rid of them.
import { open } from "node:fs/promises";
import { decrypted, removeBackupFile } from "../../infra/backups/file.ts";
import { BerthError } from "../errors.ts";
import type { Intake } from "../operations/accept.ts";
import type { StackSettings } from "../settings.ts";
import { backupFile } from "./files.ts";
import { removeUnneeded } from "./in-use.ts";
import { type Backup, noSuchBackup } from "./records.ts";

/**
 * The data of a backup as a `.tar.gz`, piece by piece as it is read; nothing of it is written anywhere in clear text.
 * @throws BerthError NOT_FOUND when it is not ready, or its file is gone
 */
export async function openBackup(
  settings: StackSettings,
  backup: Backup,
): Promise<AsyncIterable<Uint8Array>> {
  if (backup.state !== "ready") throw noSuchBackup();
  const handle = await open(backupFile(settings, backup), "r").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") throw noSuchBackup();
    throw error;
  });
  return (async function* () {
    try {
      yield* decrypted(handle, settings.backups.keyFile);
    } finally {
      await handle.close();
    }
  })();
}

/** @throws BerthError INVALID_STATE while something needs it, its making for one; nothing is removed then. */
export async function removeBackup({ sql, settings }: Intake, backup: Backup): Promise<void> {
  const why = (await removeUnneeded(sql, [backup.id])).get(backup.id);
  if (why) {
    const message = `The backup is needed: ${why}. Nothing was deleted; delete it after that.`;
    throw new BerthError("INVALID_STATE", message);
  }
  await removeBackupFile(backupFile(settings, backup));
}
