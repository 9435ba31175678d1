// The table of backups, as the migrations make it.
import type { ColumnType } from "kysely";
import type { Cause } from "../database/schema.ts";

export const BACKUP_REASONS = ["requested", "scheduled", "upgrade", "restore"] as const;
export const BACKUP_STATES = ["running", "ready", "failed"] as const;

/** A copy of a deployment's state; its file is named by its id. */
export interface BackupTable {
  id: string;
  deployment_id: string;
  account_id: string;
  /** `upgrade` and `restore`: made before the state was changed by one. */
  reason: (typeof BACKUP_REASONS)[number];
  state: (typeof BACKUP_STATES)[number];
  /** Of the file, in bytes; 64 bits, hence text. Like the digest null until it is ready. */
  size: ColumnType<string | null, undefined, number>;
  sha256: ColumnType<string | null, undefined, string>;
  /** Of the assistant that the state belongs to. */
  image: string;
  operation_id: string;
  error: ColumnType<Cause | null, undefined, string>;
  created_at: ColumnType<Date, Date | undefined, Date>;
  finished_at: ColumnType<Date | null, undefined, Date>;
}
