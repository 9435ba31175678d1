// Whether a model gateway is there, by what gateways write down of themselves.
import { sql as raw } from "kysely";
import type { Sql } from "../database/database.ts";

/** Gateways say so every five seconds. */
const ALIVE_SECONDS = 30;

/** Says that a gateway lives. */
export async function noteAlive(sql: Sql, gatewayId: string): Promise<void> {
  await raw`insert into model_gateways (id, seen_at) values (${gatewayId}, now())
    on conflict (id) do update set seen_at = excluded.seen_at`.execute(sql);
}

/** Says that one has ended in good order. */
export async function noteGone(sql: Sql, gatewayId: string): Promise<void> {
  await sql.deleteFrom("model_gateways").where("id", "=", gatewayId).execute();
}

export async function isAnyAlive(sql: Sql): Promise<boolean> {
  const { rows } = await raw`select from model_gateways
    where seen_at > now() - make_interval(secs => ${ALIVE_SECONDS}) limit 1`.execute(sql);
  return rows.length > 0;
}
