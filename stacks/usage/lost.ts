// Requests whose gateway ended before they did: nobody knows what they have used, so they count at their worst.
import { sql as raw } from "kysely";
import type { Sql } from "../database/database.ts";
import { listLiving } from "./alive.ts";
import { book, type Settlement } from "./booking.ts";
import type { Judging } from "./decide.ts";

/** No request takes as long: what is still open then will not be settled by anybody. */
const FORGOTTEN_AFTER_HOURS = 3;
const AT_ONCE = 500;

/**
 * Counts what ended gateways have left, and forgets them.
 * @param alone whether this process is the only one on its database: then every other gateway has ended
 */
export async function countLost(sql: Sql, judging: Judging, alone: boolean): Promise<number> {
  let count = 0;
  for (;;) {
    const settlements = await findLost(sql, judging.gatewayId, alone);
    if (settlements.length > 0) await book(sql, { asks: [], settlements }, judging);
    count += settlements.length;
    if (settlements.length < AT_ONCE) break;
  }
  await raw`delete from model_gateways where seen_at < now() - interval '1 hour'
    and not exists (select from model_requests where gateway_id = model_gateways.id and state = 'open')`.execute(
    sql,
  );
  return count;
}

async function findLost(sql: Sql, ownId: string, alone: boolean): Promise<Settlement[]> {
  const living = await listLiving(sql, ownId, alone);
  const rows = await sql
    .selectFrom("model_requests")
    .select("id")
    .where("state", "=", "open")
    .where(
      raw<boolean>`(gateway_id <> all(${living}::uuid[]) or at < now() - make_interval(hours => ${FORGOTTEN_AFTER_HOURS}))`,
    )
    .limit(AT_ONCE)
    .execute();
  return rows.map(({ id }) => ({ id, outcome: undefined }));
}
