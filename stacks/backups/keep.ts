// The files of backups as their customer gets them, and gets rid of them.
import { open } from "node:fs/promises";
import { decrypted, removeBackupFile } from "../../infra/backups/file.ts";
import { BerthError } from "../errors.ts";
import type { Intake } from "../requests.ts";
import type { StackSettings } from "../settings.ts";
import { backupFile } from "./places.ts";
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

/** @throws BerthError INVALID_STATE while it is being made; nothing is removed then. */
export async function removeBackup({ sql, settings }: Intake, backup: Backup): Promise<void> {
  const removed = await sql
    .deleteFrom("backups")
    .where("id", "=", backup.id)
    .where("state", "!=", "running")
    .returning("id")
    .executeTakeFirst();
  if (!removed)
    throw new BerthError("INVALID_STATE", "The backup is being made. Delete it when it is ready.");
  await removeBackupFile(backupFile(settings, backup));
}
