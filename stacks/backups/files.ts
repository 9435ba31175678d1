// The files of backups: where they are, and how their customer gets them, and gets rid of them.
import { constants } from "node:fs";
import { access, open } from "node:fs/promises";
import { join } from "node:path";
import { decrypted, removeBackupFile } from "../../infra/backups/file.ts";
import { BerthError } from "../errors.ts";
import type { LifecycleContext } from "../operations/enqueue.ts";
import type { StackSettings } from "../settings.ts";
import { removeUnneeded } from "./in-use.ts";
import { type Backup, noSuchBackup } from "./records.ts";

const ENDING = ".age";

/** Folder of all backups of a deployment. */
export function backupFolder({ backups }: StackSettings, deploymentId: string): string {
  return join(backups.folder, deploymentId);
}

export function backupFile(settings: StackSettings, { deployment_id, id }: Backup): string {
  return join(backupFolder(settings, deployment_id), `${id}${ENDING}`);
}

/** The id of the backup that a file, whole or half, belongs to. */
export function backupIdOf(fileName: string): string {
  return fileName.split(ENDING)[0] ?? "";
}

/**
 * The data of a backup as a `.tar.gz`, piece by piece as it is read; nothing of it is written anywhere in clear text.
 * @throws BerthError NOT_FOUND when it is not ready, or its file is gone
 */
export async function openBackup(
  settings: StackSettings,
  backup: Backup,
): Promise<AsyncIterable<Uint8Array>> {
  if (backup.state !== "ready") throw noSuchBackup();
  const handle = await open(backupFile(settings, backup), "r").catch(gone);
  return (async function* () {
    try {
      yield* decrypted(handle, settings.backups.keyFile);
    } finally {
      await handle.close();
    }
  })();
}

/** @throws BerthError NOT_FOUND when it is not ready, or its file is gone */
export async function requireBackupFile(settings: StackSettings, backup: Backup): Promise<void> {
  if (backup.state !== "ready") throw noSuchBackup();
  await access(backupFile(settings, backup), constants.R_OK).catch(gone);
}

function gone(error: NodeJS.ErrnoException): never {
  throw error.code === "ENOENT" ? noSuchBackup() : error;
}

/** @throws BerthError INVALID_STATE while something needs it, its making for one; nothing is removed then. */
export async function removeBackup({ sql, settings }: LifecycleContext, backup: Backup): Promise<void> {
  const why = (await removeUnneeded(sql, [backup.id])).get(backup.id);
  if (why) {
    const message = `The backup is needed: ${why}. Nothing was deleted; delete it after that.`;
    throw new BerthError("INVALID_STATE", message);
  }
  await removeBackupFile(backupFile(settings, backup));
}
