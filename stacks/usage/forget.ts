// Requests to models are kept one by one for so long; days and months are kept for ever.
import { sql as raw } from "kysely";
import type { Sql } from "../database/database.ts";

const KEPT_DAYS = 90;
/** In one statement: gateways book into the same table meanwhile. */
const AT_ONCE = 5_000;

/** Deletes old ones that have ended. */
export async function forgetRequests(sql: Sql): Promise<void> {
  for (;;) {
    const old = sql
      .selectFrom("model_requests")
      .select("id")
      .where("at", "<", raw<Date>`now() - make_interval(days => ${KEPT_DAYS})`)
      .where("state", "!=", "open")
      .limit(AT_ONCE);
    const { numDeletedRows } = await sql
      .deleteFrom("model_requests")
      .where("id", "in", old)
      .executeTakeFirstOrThrow();
    if (numDeletedRows < AT_ONCE) return;
  }
}
