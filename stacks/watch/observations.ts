// Writing down what was seen of a deployment. Every write is a compare-and-set on what was read before the engine was
// looked at: neither an operation that began meanwhile nor another process that saw the same is written over.
import { sql as raw } from "kysely";
import { v7 as uuidv7 } from "uuid";
import { recordCallback } from "../callbacks/events.ts";
import type { Cause } from "../causes.ts";
import type { Sql } from "../database/database.ts";
import type { Difference, Seen } from "../database/deployment-table.ts";
import { type Deployment, move } from "../deployments/deployments.ts";
import { LIFECYCLE } from "../lifecycle.ts";
import { countOperation } from "../operations/counts.ts";

const SETTLED = ["active", "stopped"] as const;

/** Of a row of `deployments`: nothing that was asked for last is waiting, or being carried out. */
export const isAtRest = raw<boolean>`not exists (select from operations
  where operations.id = deployments.operation_id and operations.state in ('queued', 'running'))`;

/** Deployments on which no operation runs and of which the engine should have something definite. */
export async function listSettled(sql: Sql, ids?: readonly string[]): Promise<Deployment[]> {
  let query = sql.selectFrom("deployments").selectAll().where("status", "in", SETTLED).where(isAtRest);
  if (ids) query = query.where("id", "in", ids);
  return query.execute();
}

/** Writes down how the engine differs from the record, or that it doesn't any more. False if there was no need to. */
export async function recordSeen(
  sql: Sql,
  read: Deployment,
  found: Difference | undefined,
): Promise<boolean> {
  const seen = found ? { ...found, since: sinceWhen(read.seen, found) } : null;
  if (seen?.detail === read.seen?.detail && seen?.state === read.seen?.state) return false;
  const written = await sql
    .updateTable("deployments")
    .set({ seen: seen && JSON.stringify(seen) })
    .where("id", "=", read.id)
    .where(isAsRead(read))
    .returning("id")
    .execute();
  return written.length > 0;
}

/** The engine is away: what it has of active deployments, of all or these, is unknown, which is not the same as gone. */
export async function recordUnknown(sql: Sql, ids?: readonly string[]): Promise<void> {
  if (ids?.length === 0) return;
  const seen: Seen = {
    state: "unknown",
    detail: "The container engine does not answer: whether the assistant runs can't be told.",
    since: new Date().toISOString(),
  };
  let update = sql
    .updateTable("deployments")
    .set({ seen: JSON.stringify(seen) })
    .where("status", "=", "active")
    .where(raw<boolean>`coalesce(seen->>'state', '') <> 'unknown'`);
  if (ids) update = update.where("id", "in", ids);
  await update.execute();
}

/**
 * An active assistant that can't stay up, or may not, is failed, by an operation of its own that tells why. False if
 * that is decided already, or the deployment isn't what was read any more.
 */
export async function recordCrash(
  sql: Sql,
  read: Deployment,
  found: Difference,
  cause: Cause,
): Promise<boolean> {
  return sql.transaction().execute(async (trx) => {
    const current = await trx
      .selectFrom("deployments")
      .select("id")
      .where("id", "=", read.id)
      .where("status", "in", LIFECYCLE.crash.from)
      .where("operation_id", "=", read.operation_id)
      .forUpdate()
      .executeTakeFirst();
    if (!current) return false;
    const id = uuidv7();
    // It has never begun to work on the stack: what comes next has nothing to take over from it.
    const ended = { state: "failed", error: JSON.stringify(cause), finished_at: new Date() } as const;
    await trx
      .insertInto("operations")
      .values({ id, deployment_id: read.id, kind: "crash", ...ended })
      .execute();
    const seen = JSON.stringify({ ...found, since: sinceWhen(read.seen, found) });
    const { to: status } = LIFECYCLE.crash;
    await move(trx, read.account_id, read.id, "crash", { status, operation_id: id, seen });
    await recordCallback(trx, { deploymentId: read.id, status, operationId: id, errorCode: cause.code });
    await countOperation(trx, { kind: "crash", outcome: ended.state, seconds: 0 });
    return true;
  });
}

function sinceWhen(before: Seen | null, found: Difference): string {
  return before?.state === found.state ? before.since : new Date().toISOString();
}

function isAsRead({ status, operation_id, seen }: Deployment) {
  const known = seen && JSON.stringify(seen);
  return raw<boolean>`status = ${status} and operation_id is not distinct from ${operation_id}::uuid
    and seen is not distinct from ${known}::jsonb`;
}
