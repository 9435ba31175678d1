// From an operation to its work: what a child process has to do with a deployment's state.
import type { Keeping } from "../../infra/backups/backup.ts";
import type { Sql } from "../database/database.ts";
import type { Deployment } from "../deployments/deployments.ts";
import { keptImage } from "../deployments/images.ts";
import { recordedOutputs } from "../deployments/outputs.ts";
import type { Operation } from "../operations/operations.ts";
import type { StackSettings } from "../settings.ts";
import { backupFile } from "./files.ts";
import { backupOf } from "./records.ts";

/** A backup that is to be written. */
export interface Written {
  readonly file: string;
  readonly keeping: Keeping;
  /** Any image that the engine has; of the target docker. */
  readonly image: string;
}

export interface BackUp extends Written {
  /** Where the assistant says that it has started again, if it can be asked; undefined unless it is meant to run. */
  readonly meantToRun: { readonly endpoint: string | null } | undefined;
  readonly startupTimeoutSeconds: number;
}

export interface Restore {
  readonly from: { readonly file: string; readonly sha256: string };
  /** Where the present state goes first. */
  readonly before: string;
  readonly keeping: Keeping;
  readonly image: string;
}

export async function backUpWork(
  sql: Sql,
  settings: StackSettings,
  operation: Operation,
  { status, outputs }: Deployment,
): Promise<BackUp> {
  const backup = await backupOf(sql, operation);
  if (!backup) throw new Error("The record of the backup is gone.");
  const meantToRun =
    status === "active" ? { endpoint: recordedOutputs(outputs)?.endpoint ?? null } : undefined;
  return {
    file: backupFile(settings, backup),
    keeping: settings.backups,
    image: backup.image,
    meantToRun,
    startupTimeoutSeconds: settings.startupTimeoutSeconds,
  };
}

export async function restoreWork(
  sql: Sql,
  settings: StackSettings,
  operation: Operation,
  deployment: Deployment,
): Promise<Restore> {
  const before = await backupOf(sql, operation);
  return {
    from: await restorable(sql, settings, operation.backup_id),
    before: before ? backupFile(settings, before) : "",
    keeping: settings.backups,
    image: keptImage(settings, deployment),
  };
}

/** @throws Error when there is no such backup any more */
export async function restorable(
  sql: Sql,
  settings: StackSettings,
  id: string | null,
): Promise<Restore["from"]> {
  const from = await sql.selectFrom("backups").selectAll().where("id", "=", id).executeTakeFirst();
  if (!from?.sha256)
    throw new Error("The backup is gone: its record was removed before it could be restored.");
  return { file: backupFile(settings, from), sha256: from.sha256 };
}
