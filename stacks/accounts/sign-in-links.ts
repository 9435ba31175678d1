// Links that sign the operator in: each works once, for ten minutes, in every process of the database. By the database's
// clock: processes of several hosts make and take them.
import { randomBytes } from "node:crypto";
import { sql as raw } from "kysely";
import type { Sql } from "../database/database.ts";
import { hexHash } from "./api-keys.ts";

const WORKS_MINUTES = 10;
/** One made later than now is of a clock that was wrong, but for a moment: `now()` is when a statement's transaction began. */
const WORKS = raw<boolean>`created_at between now() - make_interval(mins => ${raw.lit(WORKS_MINUTES)}) and now() + interval '1 minute'`;

/** Makes one. @returns its token, which can't be had again */
export async function makeLink(
  sql: Sql,
  operatorKey: string,
): Promise<{ readonly token: string; readonly endsAt: Date }> {
  const token = randomBytes(32).toString("base64url");
  const { created_at } = await sql
    .insertInto("sign_in_links")
    .values({ hash: hexHash(token), operator_key: operatorKey })
    .returning("created_at")
    .executeTakeFirstOrThrow();
  return { token, endsAt: new Date(created_at.getTime() + WORKS_MINUTES * 60_000) };
}

/** Uses one up. @returns whether it worked: for one caller alone, of those who try at the same time */
export async function useLink(sql: Sql, operatorKey: string, token: string): Promise<boolean> {
  const used = await sql
    .deleteFrom("sign_in_links")
    .where("hash", "=", hexHash(token))
    .where("operator_key", "=", operatorKey)
    .where(WORKS)
    .returning("hash")
    .executeTakeFirst();
  return used !== undefined;
}

/** Deletes those that no longer work. */
export async function forgetLinks(sql: Sql): Promise<void> {
  await sql.deleteFrom("sign_in_links").where(raw<boolean>`not (${WORKS})`).execute();
}
