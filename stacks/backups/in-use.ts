// Which backups may not be removed yet: work that has not ended would find its data gone.
import { type RawBuilder, sql as raw } from "kysely";
import type { Sql } from "../database/database.ts";
import { LIVE, listRestored } from "../operations/operations.ts";

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
          is("operations.kind", "in", ["redeploy", "restore", "adopt"]),
        ]),
      ]),
    )
    .execute();
  const restoring = await listRestored(trx, ids);
  const upgrades = await listNamed(trx, raw<string>`unfinished_upgrade->>'backupId'`, ids);
  const moves = await listNamed(trx, raw<string>`moving->>'backupId'`, ids);
  return new Map([
    ...moves.map(({ id }) => [id, "the move to another target that it was made for has not ended"] as const),
    ...upgrades.map(({ id }) => [id, "an upgrade that did not end well goes back to it: redeploy"] as const),
    ...making.map(({ id, kind }) => [id, `the ${kind ?? "operation"} that makes it has not ended`] as const),
    ...restoring.map(
      ({ id, deployment_id }) => [id ?? "", `it is being restored into deployment ${deployment_id}`] as const,
    ),
  ]);
}

/** Those that deployments name in that part of their record. */
async function listNamed(trx: Sql, part: RawBuilder<string>, ids: readonly string[]) {
  return trx.selectFrom("deployments").select(part.as("id")).where(part, "in", ids).execute();
}
