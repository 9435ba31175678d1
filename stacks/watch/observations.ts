// Recording what was seen of a deployment. Every write is a compare-and-set on what was read before the engine was
// looked at: neither an operation that began meanwhile nor another process that saw the same is written over.
import { sql as raw } from "kysely";
import type { Sql } from "../database/database.ts";
import type { Difference, Seen } from "../database/deployment-table.ts";
import type { Deployment } from "../deployments/deployments.ts";
import type { PlaceRecord } from "../deployments/regions.ts";
import { SECRET_COLUMNS } from "../deployments/secret-columns.ts";
import { sinceWhen } from "../operations/crash.ts";
import { isAtRest } from "../operations/operations.ts";

const SETTLED = ["active", "stopped"] as const;

/** Of its row: all are read again and again, and most of a row says nothing of what the engine should have. */
const COMPARED = [
  ...(["id", "account_id", "target", "region", "status", "outputs", "seen"] as const),
  ...(["operation_id", "updated_at"] as const),
  ...SECRET_COLUMNS,
] as const;

/** What is compared of a deployment; its secrets, so that none of them is written down. */
export type Settled = Pick<Deployment, (typeof COMPARED)[number]>;

/** Deployments on which no operation runs and of which the engine should have something definite. */
export async function listSettled(sql: Sql, ids?: readonly string[]): Promise<Settled[]> {
  let query = sql.selectFrom("deployments").select(COMPARED).where("status", "in", SETTLED).where(isAtRest);
  if (ids) query = query.where(isOneOf(ids));
  return query.execute();
}

/** Records how the engine differs from the record, or that it doesn't any more. False if there was no need to. */
export async function recordSeen(
  sql: Sql,
  read: Pick<Deployment, "id" | "status" | "operation_id" | "seen">,
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

/**
 * The target is away: what it has of active deployments is unknown, which is not the same as gone.
 * @param isConcerned whether a deployment lives there
 */
export async function recordUnknown(
  sql: Sql,
  isConcerned: (deployment: PlaceRecord) => boolean = () => true,
): Promise<void> {
  const known = await sql
    .selectFrom("deployments")
    .select(["id", "target", "region"])
    .where("status", "=", "active")
    .where(isKnown)
    .execute();
  const ids = known.filter(isConcerned).map(({ id }) => id);
  if (ids.length === 0) return;
  const seen: Seen = {
    state: "unknown",
    detail: "The container engine does not answer: whether the assistant runs is not known.",
    since: new Date().toISOString(),
  };
  await sql
    .updateTable("deployments")
    .set({ seen: JSON.stringify(seen) })
    .where(isOneOf(ids))
    .where("status", "=", "active")
    .where(isKnown)
    .execute();
}

/** As one parameter: a statement takes 65,535. */
function isOneOf(ids: readonly string[]) {
  return raw<boolean>`id = any(${[...ids]}::uuid[])`;
}

const isKnown = raw<boolean>`coalesce(seen->>'state', '') <> 'unknown'`;

function isAsRead({ status, operation_id, seen }: Pick<Deployment, "status" | "operation_id" | "seen">) {
  const known = seen && JSON.stringify(seen);
  return raw<boolean>`status = ${status} and operation_id is not distinct from ${operation_id}::uuid
    and seen is not distinct from ${known}::jsonb`;
}
