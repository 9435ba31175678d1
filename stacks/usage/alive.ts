// Whether a model gateway is there, by what gateways write down of themselves.
import { sql as raw } from "kysely";
import type { Sql } from "../database/database.ts";
import { isRecent } from "../database/recent.ts";

/** Gateways say so every five seconds. */
const ALIVE_SECONDS = 30;
/** One that has not said so for as long has ended. */
const ENDED_AFTER_SECONDS = 60;

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
    where ${isRecent("seen_at", ALIVE_SECONDS)} limit 1`.execute(sql);
  return rows.length > 0;
}

/**
 * Ids of gateways that have not ended, this one's among them.
 * @param alone whether its process is the only one on the database: then every other gateway has
 */
export async function listLiving(sql: Sql, ownId: string, alone: boolean): Promise<string[]> {
  if (alone) return [ownId];
  const rows = await sql
    .selectFrom("model_gateways")
    .select("id")
    .where(isRecent("seen_at", ENDED_AFTER_SECONDS))
    .execute();
  return [ownId, ...rows.map(({ id }) => id)];
}
