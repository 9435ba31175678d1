// Where backups are.
import { join } from "node:path";
import type { StackSettings } from "../settings.ts";
import type { Backup } from "./records.ts";

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
