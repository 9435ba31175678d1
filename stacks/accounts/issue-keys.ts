// Makes keys and their successors: none may do more, or live longer, than the key that makes it.
import { randomBytes } from "node:crypto";
import { sql as raw } from "kysely";
import type { Sql } from "../database/database.ts";
import type { Scope } from "../database/schema.ts";
import { BerthError } from "../errors.ts";
import { type ApiKey, earlierEnd, endOf, getKey, hashed, works } from "./api-keys.ts";

/** Bounds what a runaway script leaves behind. */
const MAX_WORKING_KEYS = 100;
const MAX_ENDED_KEYS = 900;

export interface KeySettings {
  readonly name: string;
  readonly scopes: readonly Scope[];
  readonly expiresAt: Date | null;
}

/** Whose key makes another one: it hands on no scope and no time that it does not have. */
export interface KeyIssuer {
  readonly scopes: readonly Scope[];
  /** When the issuer's own key ends; null: never. */
  readonly endsAt: Date | null;
}

/** A key and its text, which can't be had again. */
export interface IssuedKey {
  readonly key: ApiKey;
  readonly text: string;
}

/**
 * Makes a key. Without an end of its own it gets the issuer's.
 * @throws BerthError LIMIT_REACHED when the account has too many keys, FORBIDDEN for more than the issuer has
 */
export async function createKey(
  sql: Sql,
  accountId: string,
  settings: KeySettings,
  issuer: KeyIssuer,
): Promise<IssuedKey> {
  const expiresAt = settings.expiresAt ?? issuer.endsAt;
  requireWithin(issuer, settings.scopes, expiresAt);
  return sql.transaction().execute(async (trx) => {
    // Who creates at the same time waits, so that the count holds.
    await trx.selectFrom("accounts").select("id").where("id", "=", accountId).forUpdate().execute();
    const now = new Date();
    const working = await countWorking(trx, accountId, now);
    if (working >= MAX_WORKING_KEYS) {
      throw new BerthError(
        "LIMIT_REACHED",
        `The account has ${working} working keys, as many as it may have. No key was made; revoke one first.`,
      );
    }
    return insertKey(trx, accountId, { ...settings, expiresAt }, now);
  });
}

/**
 * Issues a successor with the same name, scopes and lifetime, which ends with the issuer's key at the latest. The old key
 * works on for `overlapSeconds`.
 * @throws BerthError NOT_FOUND when there is no such key, or it was revoked or rotated before; FORBIDDEN when it has more
 *   than the issuer
 */
export async function rotateKey(
  sql: Sql,
  accountId: string | undefined,
  id: string,
  overlapSeconds: number,
  issuer: KeyIssuer,
): Promise<IssuedKey> {
  return sql.transaction().execute(async (trx) => {
    const now = new Date();
    const old = await getKey(trx, accountId, id);
    if (works(old, now)) requireWithin(issuer, old.scopes, endOf(old));
    const { numUpdatedRows } = await trx
      .updateTable("api_keys")
      .set({ revoked_at: new Date(now.getTime() + overlapSeconds * 1000) })
      .where("id", "=", id)
      .where("revoked_at", "is", null)
      .executeTakeFirst();
    if (numUpdatedRows === 0n || !works(old, now)) {
      throw new BerthError(
        "NOT_FOUND",
        "This key has ended or was rotated before. Create a new one instead.",
      );
    }
    const lifetimeMs = old.expires_at && old.expires_at.getTime() - old.created_at.getTime();
    const ownEnd = lifetimeMs === null ? null : new Date(now.getTime() + lifetimeMs);
    const expiresAt = earlierEnd(ownEnd, issuer.endsAt);
    return insertKey(trx, old.account_id, { ...old, expiresAt }, now);
  });
}

/** @throws BerthError FORBIDDEN */
function requireWithin(issuer: KeyIssuer, scopes: readonly Scope[], end: Date | null): void {
  const beyond = scopes.filter((scope) => !issuer.scopes.includes(scope));
  if (beyond.length > 0) {
    throw new BerthError(
      "FORBIDDEN",
      `This key can't give what it has not: scope ${beyond.join(", ")}. No key was made.`,
    );
  }
  if (issuer.endsAt && (end === null || end > issuer.endsAt)) {
    throw new BerthError(
      "FORBIDDEN",
      `This key ends at ${issuer.endsAt.toISOString()} and can't make one that works longer. No key was made.`,
    );
  }
}

async function countWorking(sql: Sql, accountId: string, now: Date): Promise<number> {
  const { count } = await sql
    .selectFrom("api_keys")
    .select((is) => is.fn.countAll<string>().as("count"))
    .where("account_id", "=", accountId)
    .where((is) => is.or([is("expires_at", "is", null), is("expires_at", ">", now)]))
    .where((is) => is.or([is("revoked_at", "is", null), is("revoked_at", ">", now)]))
    .executeTakeFirstOrThrow();
  return Number(count);
}

async function insertKey(sql: Sql, accountId: string, settings: KeySettings, now: Date): Promise<IssuedKey> {
  await forgetEnded(sql, accountId, now);
  const id = randomBytes(8).toString("hex");
  const secret = randomBytes(32).toString("base64url");
  await sql
    .insertInto("api_keys")
    .values({
      id,
      account_id: accountId,
      name: settings.name,
      hash: hashed(secret).toString("hex"),
      scopes: JSON.stringify(settings.scopes),
      created_at: now,
      expires_at: settings.expiresAt,
    })
    .execute();
  return { key: await getKey(sql, accountId, id), text: `brt_${id}_${secret}` };
}

/** Forgets the account's keys that ended before the latest ones. */
async function forgetEnded(sql: Sql, accountId: string, now: Date): Promise<void> {
  await raw`
    delete from api_keys where id in (
      select id from api_keys
      where account_id = ${accountId} and least(expires_at, revoked_at) <= ${now}
      order by least(expires_at, revoked_at) desc
      offset ${MAX_ENDED_KEYS})`.execute(sql);
}
