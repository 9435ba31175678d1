// Which backups may not be removed yet: work that has not ended would find its data gone.
import { sql as raw } from "kysely";
import type { Sql } from "../database/database.ts";
import { BerthError } from "../errors.ts";
import { LIVE } from "../operations/operations.ts";

/**
 * Removes the records of those backups that nothing needs.
 * @returns by id, what needs those that were left: the end of a sentence
 */
export async function removeUnneeded(sql: Sql, ids: readonly string[]): Promise<ReadonlyMap<string, string>> {
  return sql.transaction().execute(async (trx) => {
    // A restore that is being accepted has locked what it restores: it is waited for here, and seen below.
    await trx.selectFrom("backups").select("id").where("id", "in", ids).orderBy("id").forUpdate().execute();
    const needed = await listNeeded(trx, ids);
    const unneeded = ids.filter((id) => !needed.has(id));
    if (unneeded.length > 0) await trx.deleteFrom("backups").where("id", "in", unneeded).execute();
    return needed;
  });
}

/**
 * Locks the backups of a deployment that is to be deleted with them.
 * @throws BerthError INVALID_STATE while one of them is being restored into another deployment
 */
export async function refuseWhileRestored(trx: Sql, deploymentId: string): Promise<void> {
  const own = trx.selectFrom("backups").select("id").where("deployment_id", "=", deploymentId);
  const ids = (await own.orderBy("id").forUpdate().execute()).map(({ id }) => id);
  const restoring = ids.length > 0 ? await listRestored(trx, ids) : [];
  const elsewhere = restoring.find(({ deployment_id }) => deployment_id !== deploymentId);
  if (!elsewhere) return;
  throw new BerthError(
    "INVALID_STATE",
    `A backup of it is being restored into deployment ${elsewhere.deployment_id}. Nothing was deleted; delete it after that.`,
  );
}

async function listRestored(trx: Sql, ids: readonly string[]) {
  return trx
    .selectFrom("operations")
    .select(["backup_id as id", "deployment_id"])
    .where("kind", "=", "restore")
    .where("state", "in", LIVE)
    .where("backup_id", "in", ids)
    .execute();
}

async function listNeeded(trx: Sql, ids: readonly string[]): Promise<Map<string, string>> {
  const making = await trx
    .selectFrom("backups")
    .leftJoin("operations", "operations.id", "backups.operation_id")
    .select(["backups.id", "operations.kind"])
    .where("backups.id", "in", ids)
    .where((is) =>
      is.or([
        is("backups.state", "=", "running"),
        is.and([
          is("operations.state", "in", LIVE),
          // What these have changed is undone with the backup that they made before.
          is("operations.kind", "in", ["redeploy", "restore"]),
        ]),
      ]),
    )
    .execute();
  const restoring = await listRestored(trx, ids);
  const backupId = raw<string>`unfinished_upgrade->>'backupId'`;
  const goingBack = await trx
    .selectFrom("deployments")
    .select(backupId.as("id"))
    .where(backupId, "in", ids)
    .execute();
  return new Map([
    ...goingBack.map(({ id }) => [id, "an upgrade that did not end well goes back to it: redeploy"] as const),
    ...making.map(({ id, kind }) => [id, `the ${kind ?? "operation"} that makes it has not ended`] as const),
    ...restoring.map(
      ({ id, deployment_id }) => [id ?? "", `it is being restored into deployment ${deployment_id}`] as const,
    ),
  ]);
}
