// Sessions of browsers. A cookie carries 256 random bits, of which only the SHA-256 is stored. A session does what its key
// does, and ends with it.
import { randomBytes } from "node:crypto";
import type { Selectable } from "kysely";
import { v7 as uuidv7 } from "uuid";
import { msSince } from "../clock.ts";
import type { Sql } from "../database/database.ts";
import type { ApiKeyTable, Scope } from "../database/schema.ts";
import type { SessionTable } from "../database/session-tables.ts";
import { earlierEnd, endOf, hexHash, works } from "./api-keys.ts";

export const IDLE_MS = 12 * 3_600_000;
const USE_WRITTEN_EVERY_MS = 60_000;
/** Bounds what a runaway script leaves behind. */
const MOST_OF_A_KEY = 100;

/** With its account's name, and what is known of its key; the operator's has none. */
export interface Session
  extends Selectable<SessionTable>,
    Pick<Selectable<ApiKeyTable>, "expires_at" | "revoked_at"> {
  readonly account: string;
  readonly key_name: string | null;
  readonly scopes: readonly Scope[] | null;
}

/** Whose sessions: of an account's keys, or the operator's own. */
export type SessionOwner =
  | { readonly accountId: string; readonly keyId: string }
  | { readonly accountId: string; readonly operatorKey: string };

/** Begins one. @returns it, and the value of its cookie, which can't be had again */
export async function beginSession(
  sql: Sql,
  owner: SessionOwner,
  now = new Date(),
): Promise<{ readonly session: Session; readonly value: string }> {
  const id = uuidv7();
  const value = randomBytes(32).toString("base64url");
  const of = {
    account_id: owner.accountId,
    key_id: "keyId" in owner ? owner.keyId : null,
    operator_key: "operatorKey" in owner ? owner.operatorKey : null,
  };
  await sql
    .insertInto("sessions")
    .values({ id, hash: hexHash(value), ...of, created_at: now, last_used_at: now, ended_at: null })
    .execute();
  await sql
    .updateTable("sessions")
    .set({ ended_at: now })
    .where("ended_at", "is", null)
    .where("id", "in", (from) =>
      from
        .selectFrom("sessions")
        .select("id")
        .where("key_id", "is not distinct from", of.key_id)
        .where("ended_at", "is", null)
        .orderBy("id", "desc")
        .offset(MOST_OF_A_KEY),
    )
    .execute();
  return { session: await sessionRows(sql).where("sessions.id", "=", id).executeTakeFirstOrThrow(), value };
}

/** The session with this id, or whose cookie has this hash, whether or not it has ended. */
export async function readSession(
  sql: Sql,
  by: { readonly id: string } | { readonly hash: string },
): Promise<Session | undefined> {
  const query = sessionRows(sql);
  const found =
    "id" in by ? query.where("sessions.id", "=", by.id) : query.where("sessions.hash", "=", by.hash);
  return found.executeTakeFirst();
}

/** @param operatorKey a keyed hash of the installation's key as it is now */
export function isLive(session: Session, operatorKey: string, now: Date): boolean {
  const { ended_at, last_used_at, key_id, operator_key } = session;
  if (ended_at !== null || msSince(last_used_at, now.getTime()) >= IDLE_MS) return false;
  return key_id === null ? operator_key === operatorKey : works(session, now);
}

/** When a session ends if it is not used again. */
export function sessionEnd(session: Session): Date {
  const idle = new Date(session.last_used_at.getTime() + IDLE_MS);
  return earlierEnd(idle, endOf(session)) ?? idle;
}

/** Writes that the session was used, and with it its key, unless that is written of this minute; the session as it is then. */
export async function noteSessionUse(sql: Sql, session: Session, now: Date): Promise<Session> {
  const usedBefore = new Date(now.getTime() - USE_WRITTEN_EVERY_MS);
  const { id, key_id, last_used_at } = session;
  if (last_used_at >= usedBefore) return session;
  await sql
    .updateTable("sessions")
    .set({ last_used_at: now })
    .where("id", "=", id)
    .where("last_used_at", "<", usedBefore)
    .execute();
  if (key_id !== null)
    await sql.updateTable("api_keys").set({ last_used_at: now }).where("id", "=", key_id).execute();
  return { ...session, last_used_at: now };
}

/** Ends the session with this id, or whose cookie has this hash, if there is one. */
export async function signOut(
  sql: Sql,
  by: { readonly id: string } | { readonly hash: string },
): Promise<void> {
  const column = "id" in by ? "id" : "hash";
  await sql
    .updateTable("sessions")
    .set({ ended_at: new Date() })
    .where(column, "=", "id" in by ? by.id : by.hash)
    .where("ended_at", "is", null)
    .execute();
}

/** Rows of it are sessions. */
export function sessionRows(sql: Sql) {
  return sql
    .selectFrom("sessions")
    .innerJoin("accounts", "accounts.id", "sessions.account_id")
    .leftJoin("api_keys", "api_keys.id", "sessions.key_id")
    .selectAll("sessions")
    .select([
      "accounts.name as account",
      "api_keys.name as key_name",
      "api_keys.scopes",
      "api_keys.expires_at",
      "api_keys.revoked_at",
    ]);
}
