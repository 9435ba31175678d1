// Sessions as those see them who may end them, and what ends them besides. Those that have ended are listed nowhere.
import { sql as raw } from "kysely";
import { TOLERANCE_MS } from "../clock.ts";
import type { Sql } from "../database/database.ts";
import { cutPage, type Page } from "../database/pages.ts";
import { BerthError } from "../errors.ts";
import { IDLE_MS, type Session, sessionRows, signOut } from "./sessions.ts";

/** Which sessions a caller reaches: those of an account's keys, the operator's own, or all. */
export type SessionReach = { readonly accountId: string } | "operator's" | "all";

/** Those that have not ended, newest first. */
export async function listSessions(
  sql: Sql,
  reach: SessionReach,
  operatorKey: string,
  page: Page,
): Promise<{ rows: Session[]; nextCursor: string | null }> {
  let query = within(reach, sessionRows(sql)).where(live(operatorKey));
  if (page.cursor) query = query.where("sessions.id", "<", page.cursor);
  const found = await query
    .orderBy("sessions.id", "desc")
    .limit(page.limit + 1)
    .execute();
  return cutPage(found, page);
}

/**
 * Ends a session at once. @returns it as it was
 * @throws BerthError NOT_FOUND when there is none, when it has ended, or when it is another account's
 */
export async function endSession(
  sql: Sql,
  reach: SessionReach,
  operatorKey: string,
  id: string,
): Promise<Session> {
  const session = await within(reach, sessionRows(sql))
    .where("sessions.id", "=", id)
    .where(live(operatorKey))
    .executeTakeFirst();
  if (!session) throw noSuchSession();
  await signOut(sql, { id });
  return session;
}

/** Ends the operator's sessions that began with another key of the installation: for good, should that key come back. */
export async function endFormerOperators(sql: Sql, operatorKey: string): Promise<void> {
  await sql
    .updateTable("sessions")
    .set({ ended_at: new Date() })
    .where("operator_key", "<>", operatorKey)
    .where("ended_at", "is", null)
    .execute();
}

/** Deletes those that ended a day ago; until then their cookies are known, and are no guesses. By the database's clock. */
export async function forgetSessions(sql: Sql): Promise<void> {
  await sql
    .deleteFrom("sessions")
    .where(
      raw<boolean>`ended_at < now() - interval '1 day'
        or last_used_at not between now() - interval '36 hours' and now() + interval '1 day'`,
    )
    .execute();
}

function within(reach: SessionReach, query: ReturnType<typeof sessionRows>): ReturnType<typeof sessionRows> {
  if (reach === "all") return query;
  if (reach === "operator's") return query.where("sessions.key_id", "is", null);
  return query.where("sessions.account_id", "=", reach.accountId).where("sessions.key_id", "is not", null);
}

/** As isLive() says it, of rows. */
function live(operatorKey: string) {
  const now = new Date();
  const idleBefore = new Date(now.getTime() - IDLE_MS);
  return raw<boolean>`(sessions.ended_at is null and sessions.last_used_at > ${idleBefore}
    and sessions.last_used_at <= ${new Date(now.getTime() + TOLERANCE_MS)}
    and coalesce(api_keys.expires_at > ${now}, true) and coalesce(api_keys.revoked_at > ${now}, true)
    and coalesce(sessions.operator_key = ${operatorKey}, true))`;
}

export function noSuchSession(): BerthError {
  return new BerthError("NOT_FOUND", "There is no session with this id, or it has ended.");
}
