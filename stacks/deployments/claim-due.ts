// Claims of deployments that are due for something: of several processes one gets each, and no other waits for it.
import { type RawBuilder, sql as raw } from "kysely";
import type { Sql } from "../database/database.ts";
import type { Deployment } from "./deployments.ts";

/** Columns that say when something was done last, or is done next. Null is due before everything else. */
type ClaimColumn = "payment_asked_at" | "model_check_at" | "state_check_at";

export interface Claim {
  /** What a claimed deployment's column is set to: until it is due again, no other process gets it. */
  readonly to: Date | RawBuilder<Date>;
  readonly limit: number;
}

/**
 * Whether the time of a next look has come. One further ahead than Berth ever sets it was set by a clock that was wrong.
 * @param aheadHours the most that it is set ahead
 */
export function hasCome(
  column: "model_check_at" | "state_check_at",
  aheadHours: number,
): RawBuilder<boolean> {
  const at = raw.ref(column);
  const latest = raw`now() + make_interval(hours => ${raw.lit(aheadHours)})`;
  return raw<boolean>`(${at} is null or ${at} <= now() or ${at} > ${latest})`;
}

/** Claims those that have waited longest of the deployments that are `due`, a condition on their rows. */
export async function claimDue(
  sql: Sql,
  column: ClaimColumn,
  due: RawBuilder<boolean>,
  { to, limit }: Claim,
): Promise<Deployment[]> {
  const waiting = sql
    .selectFrom("deployments")
    .select("id")
    .where(due)
    .orderBy(column, (order) => order.asc().nullsFirst())
    .limit(limit)
    .forUpdate()
    .skipLocked();
  return (
    sql
      .updateTable("deployments")
      .set({ [column]: to })
      // As an array the rows are found once; joined, more than the limit could be locked.
      .where("id", "=", raw<string>`any(array(${waiting}))`)
      .returningAll()
      .execute()
  );
}
