// Accepting a backup or a restore: the operation and the record of what it makes, in one transaction or not at all.
import { v7 as uuidv7 } from "uuid";
import type { Sql } from "../database/database.ts";
import { handOutNeeded } from "../deployments/addresses.ts";
import { type Deployment, move } from "../deployments/deployments.ts";
import { enqueue, type LifecycleContext, type Requester } from "../operations/enqueue.ts";
import { assertMayQueue } from "../operations/live-limit.ts";
import { findOperation, isLive, type Operation } from "../operations/operations.ts";
import { requireBackups } from "./availability.ts";
import { getReadyBackup, insertBackup } from "./records.ts";

export interface BackupAccepted {
  readonly deployment: Deployment;
  readonly operation: Operation;
  readonly backupId: string;
}

/**
 * Accepts a backup. While one is waiting or being made, that one is the answer.
 * @throws BerthError INVALID_STATE or NOT_FOUND
 */
export async function requestBackup(
  context: LifecycleContext,
  by: Requester,
  id: string,
): Promise<BackupAccepted> {
  return context.sql.transaction().execute(async (trx) => {
    const deployment = await move(trx, { accountId: by.accountId, id, call: "backup", change: {} });
    requireBackups(context.settings, deployment);
    const latest = deployment.operation_id ? await findOperation(trx, deployment.operation_id) : undefined;
    if (latest?.kind === "backup" && latest.backup_id && isLive(latest))
      return { deployment, operation: latest, backupId: latest.backup_id };
    await assertMayQueue(trx, by.accountId);
    return beginBackup(context, trx, deployment, "requested", by.requestId);
  });
}

/** Records a backup and queues it. Call it inside a transaction that has locked the deployment's row. */
export async function beginBackup(
  context: LifecycleContext,
  trx: Sql,
  deployment: Deployment,
  reason: "requested" | "scheduled",
  requestId: string | null,
): Promise<BackupAccepted> {
  const backupId = uuidv7();
  const operation = await enqueue(context, trx, {
    deploymentId: deployment.id,
    kind: "backup",
    requestId,
    backupId,
  });
  await insertBackup(trx, context.settings, deployment, { id: backupId, reason, operation_id: operation.id });
  return { deployment, operation, backupId };
}

/**
 * Accepts that a deployment's state is replaced by that of a backup, of itself or of another one of the account.
 * @throws BerthError INVALID_STATE or NOT_FOUND
 */
export async function requestRestore(
  context: LifecycleContext,
  by: Requester,
  id: string,
  backupId: string,
): Promise<BackupAccepted> {
  return context.sql.transaction().execute(async (trx) => {
    const deployment = await move(trx, { accountId: by.accountId, id, call: "restore", change: {} });
    requireBackups(context.settings, deployment);
    await getReadyBackup(trx, by.accountId, backupId);
    await assertMayQueue(trx, by.accountId);
    await handOutNeeded(trx, context.settings, deployment);
    const operation = await enqueue(context, trx, {
      deploymentId: id,
      kind: "restore",
      requestId: by.requestId,
      backupId,
    });
    const before = { id: uuidv7(), reason: "restore", operation_id: operation.id } as const;
    await insertBackup(trx, context.settings, deployment, before);
    return { deployment, operation, backupId };
  });
}
