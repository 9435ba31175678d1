// Records of backups. What is ready has a whole file; what has no record has none for long: see retention.ts.
import type { Selectable } from "kysely";
import type { Sum } from "../../infra/backups/file.ts";
import type { Sql } from "../database/database.ts";
import type { BackupTable } from "../database/schema.ts";
import { type Deployment, findDeployment } from "../deployments/deployments.ts";
import { recordedOutputs } from "../deployments/outputs.ts";
import { BerthError } from "../errors.ts";
import type { Ending, Operation } from "../operations/operations.ts";
import type { StackSettings } from "../settings.ts";

export type Backup = Selectable<BackupTable>;

/** Records a backup that an operation is going to make. Call it in the transaction that records the operation. */
export async function insertBackup(
  trx: Sql,
  settings: StackSettings,
  deployment: Deployment,
  backup: Pick<Backup, "id" | "reason" | "operation_id">,
): Promise<void> {
  const image = recordedOutputs(deployment.outputs)?.image ?? settings.assistantImage;
  const { id: deployment_id, account_id } = deployment;
  await trx
    .insertInto("backups")
    .values({ ...backup, deployment_id, account_id, image, state: "running" })
    .execute();
}

/** The backup that an operation makes, or makes before it changes the state; undefined if it makes none. */
export async function backupOf(sql: Sql, { id }: Pick<Operation, "id">): Promise<Backup | undefined> {
  return sql.selectFrom("backups").selectAll().where("operation_id", "=", id).executeTakeFirst();
}

/** What an operation has backed up is of no use any more: if it is tried again, it is backed up again. */
export async function dropBackupOf(sql: Sql, { id }: Pick<Operation, "id">): Promise<void> {
  await sql.deleteFrom("backups").where("operation_id", "=", id).execute();
}

/** Its file is whole and on the disk; without a `sum` there was no state, and there is no backup. */
export async function recordWritten(
  sql: Sql,
  operation: Pick<Operation, "id">,
  sum: Sum | undefined,
): Promise<void> {
  if (sum) {
    await sql
      .updateTable("backups")
      .set({ ...sum, state: "ready", finished_at: new Date() })
      .where("operation_id", "=", operation.id)
      .where("state", "=", "running")
      .execute();
  } else {
    await sql
      .deleteFrom("backups")
      .where("operation_id", "=", operation.id)
      .where("reason", "in", BEFORE_A_CHANGE)
      .execute();
  }
}

/** An operation has ended: what it has not written it never will. Call it in the transaction that settles the operation. */
export async function endBackups(trx: Sql, operation: Operation, ending: Ending): Promise<void> {
  const { id, kind, deployment_id } = operation;
  if (kind === "delete" && ending.state === "succeeded") {
    await trx.deleteFrom("backups").where("deployment_id", "=", deployment_id).execute();
    return;
  }
  const unwritten = { operation_id: id, state: "running" } as const;
  const cause = ending.state === "failed" ? ending.cause : OVERTAKEN;
  await trx
    .deleteFrom("backups")
    .where((is) => is.and(unwritten))
    .where("reason", "in", BEFORE_A_CHANGE)
    .execute();
  await trx
    .updateTable("backups")
    .set({ state: "failed", error: JSON.stringify(cause), finished_at: new Date() })
    .where((is) => is.and(unwritten))
    .execute();
}

/** Whose record is of no use to anybody without a file. */
const BEFORE_A_CHANGE = ["upgrade", "restore", "adopt"] as const;
/** Code of a backup that was not made because of a later call. */
export const CANCELLED = "CANCELLED";
const OVERTAKEN = {
  code: CANCELLED,
  message: "A later call took its place before the backup was made. Ask for one again.",
};

/** Newest first. */
export async function listBackups(sql: Sql, { id }: Deployment): Promise<Backup[]> {
  return sql
    .selectFrom("backups")
    .selectAll()
    .where("deployment_id", "=", id)
    .orderBy("id", "desc")
    .execute();
}

/** @throws BerthError NOT_FOUND when the deployment has none with this id */
export async function getBackup(sql: Sql, deployment: Deployment, id: string): Promise<Backup> {
  const backup = await sql
    .selectFrom("backups")
    .selectAll()
    .where("id", "=", id)
    .where("deployment_id", "=", deployment.id)
    .executeTakeFirst();
  if (!backup) throw noSuchBackup();
  return backup;
}

/**
 * Any backup of the account that is ready, of whichever of its deployments that is not deleted. Nobody removes it while
 * the transaction lasts.
 * @throws BerthError NOT_FOUND
 */
export async function getReadyBackup(trx: Sql, accountId: string, id: string): Promise<Backup> {
  const backup = await trx
    .selectFrom("backups")
    .selectAll()
    .where("id", "=", id)
    .where("account_id", "=", accountId)
    .where("state", "=", "ready")
    .forShare()
    .executeTakeFirst();
  // Asked for once the lock is had: a delete that was accepted meanwhile is seen.
  const from = backup && (await findDeployment(trx, backup.deployment_id));
  if (!backup || !from || from.status === "deleting" || from.status === "deleted") throw noSuchBackup();
  return backup;
}

export function noSuchBackup(): BerthError {
  return new BerthError("NOT_FOUND", "There is no backup with this id that is ready.");
}
