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
