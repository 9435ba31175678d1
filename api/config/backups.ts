// From the environment's settings to where backups are, and how many.
import { isAbsolute, join, resolve } from "node:path";
import { z } from "zod";
import { PROJECT_ROOT } from "../../stacks/pulumi/environment.ts";
import type { BackupSettings } from "../../stacks/settings.ts";

const HOUR_MS = 3_600_000;
const MIB = 1024 * 1024;

export const backupKeep = z.coerce.number().int().min(1).max(1_000).default(7);
/** Half a minute at least: shorter, an assistant would hardly run in between. */
export const backupEvery = z.coerce
  .number()
  .max(8_760)
  .refine((hours) => hours === 0 || hours >= 1 / 120, "must be 0 or at least 0.0084 hours (30 s)")
  .default(0);
export const backupMaxMib = z.coerce.number().int().min(1).max(1_048_576).default(10_240);

export interface BackupEnvironment {
  readonly BERTH_BACKUP_DIR?: string | undefined;
  readonly BERTH_BACKUP_KEEP: number;
  readonly BERTH_BACKUP_EVERY: number;
  readonly BERTH_BACKUP_MAX_MIB: number;
}

export function backupSettings(read: BackupEnvironment, dataDir: string): BackupSettings {
  const { BERTH_BACKUP_DIR: folder = join(dataDir, "backups") } = read;
  return {
    folder: isAbsolute(folder) ? folder : resolve(PROJECT_ROOT, folder),
    keyFile: join(dataDir, "backup-key"),
    maxBytes: read.BERTH_BACKUP_MAX_MIB * MIB,
    keep: read.BERTH_BACKUP_KEEP,
    everyMs: read.BERTH_BACKUP_EVERY * HOUR_MS,
  };
}
