// Keys of accounts: `brt_<id>_<secret>`. Only the secret's SHA-256 is stored. A slow hash would add nothing: 256 random
// bits can't be guessed, however fast the guesses.
import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import type { Selectable } from "kysely";
import type { Sql } from "../database/database.ts";
import type { ApiKeyTable, Scope } from "../database/schema.ts";
import { BerthError } from "../errors.ts";

const FORM = /^brt_([0-9a-f]{16})_([A-Za-z0-9_-]{43})$/;
const USE_WRITTEN_EVERY_MS = 60_000;
const NO_HASH = "00".repeat(32);
/** Bounds what a runaway script leaves behind. */
const MAX_WORKING_KEYS = 100;

export type ApiKey = Selectable<ApiKeyTable> & { readonly account: string };

export interface KeySettings {
  readonly name: string;
  readonly scopes: readonly Scope[];
  readonly expiresAt: Date | null;
}

/** A key and its text, which can't be had again. */
export interface IssuedKey {
  readonly key: ApiKey;
  readonly text: string;
}

/** Whether a key works at that time. */
export function works(key: Pick<ApiKey, "expires_at" | "revoked_at">, at: Date): boolean {
  return [key.expires_at, key.revoked_at].every((end) => end === null || end > at);
}

/** The id and the secret that a key's text is made of; undefined if it is no key's. */
export function parseKeyText(text: string): { readonly id: string; readonly secret: string } | undefined {
  const [, id, secret] = FORM.exec(text) ?? [];
  return id && secret ? { id, secret } : undefined;
}

export async function readKey(sql: Sql, id: string): Promise<ApiKey | undefined> {
  return keys(sql).where("api_keys.id", "=", id).executeTakeFirst();
}

/** In constant time, and as long for a key that there is not. */
export function isSecretOf(key: ApiKey | undefined, secret: string): boolean {
  return timingSafeEqual(hashed(secret), Buffer.from(key?.hash ?? NO_HASH, "hex"));
}

/** Writes that the key was used, unless that is written of this minute; the key as it is then. */
export async function noteUse(sql: Sql, key: ApiKey, now: Date): Promise<ApiKey> {
  const usedBefore = new Date(now.getTime() - USE_WRITTEN_EVERY_MS);
  if (key.last_used_at && key.last_used_at >= usedBefore) return key;
  await sql
    .updateTable("api_keys")
    .set({ last_used_at: now })
    .where("id", "=", key.id)
    .where((is) => is.or([is("last_used_at", "is", null), is("last_used_at", "<", usedBefore)]))
    .execute();
  return { ...key, last_used_at: now };
}

/** Of one account, or of all; newest first. Those that stopped working are listed until they are forgotten. */
export async function listKeys(sql: Sql, accountId: string | undefined): Promise<ApiKey[]> {
  let query = keys(sql);
  if (accountId) query = query.where("account_id", "=", accountId);
  return query.orderBy("api_keys.created_at", "desc").orderBy("api_keys.id").execute();
}

/** @throws BerthError LIMIT_REACHED when the account has too many keys. */
export async function createKey(sql: Sql, accountId: string, settings: KeySettings): Promise<IssuedKey> {
  return sql.transaction().execute(async (trx) => {
    // Who creates at the same time waits, so that the count holds.
    await trx.selectFrom("accounts").select("id").where("id", "=", accountId).forUpdate().execute();
    const now = new Date();
    const working = (await listKeys(trx, accountId)).filter((key) => works(key, now));
    if (working.length >= MAX_WORKING_KEYS) {
      throw new BerthError(
        "LIMIT_REACHED",
        `The account has ${working.length} working keys, as many as it may have. No key was made; revoke one first.`,
      );
    }
    return insertKey(trx, accountId, settings, now);
  });
}

/**
 * Ends a key at once; one that has ended already stays as it is.
 * @param accountId whose key it must be; undefined for anybody's
 * @throws BerthError NOT_FOUND
 */
export async function revokeKey(sql: Sql, accountId: string | undefined, id: string): Promise<ApiKey> {
  const now = new Date();
  await sql
    .updateTable("api_keys")
    .set({ revoked_at: now })
    .where("id", "=", id)
    .where((is) => is.or([is("revoked_at", "is", null), is("revoked_at", ">", now)]))
    .$if(accountId !== undefined, (update) => update.where("account_id", "=", accountId ?? ""))
    .execute();
  return getKey(sql, accountId, id);
}

/**
 * Issues a successor with the same name, scopes and lifetime. The old key works on for `overlapSeconds`.
 * @throws BerthError NOT_FOUND when there is no such key, or it was revoked or rotated before
 */
export async function rotateKey(
  sql: Sql,
  accountId: string | undefined,
  id: string,
  overlapSeconds: number,
): Promise<IssuedKey> {
  return sql.transaction().execute(async (trx) => {
    const now = new Date();
    const old = await getKey(trx, accountId, id);
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
    const expiresAt = lifetimeMs === null ? null : new Date(now.getTime() + lifetimeMs);
    return insertKey(trx, old.account_id, { ...old, expiresAt }, now);
  });
}

async function getKey(sql: Sql, accountId: string | undefined, id: string): Promise<ApiKey> {
  const key = await readKey(sql, id);
  if (!key || (accountId !== undefined && key.account_id !== accountId)) {
    throw new BerthError("NOT_FOUND", "There is no key with this id.");
  }
  return key;
}

async function insertKey(sql: Sql, accountId: string, settings: KeySettings, now: Date): Promise<IssuedKey> {
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

function keys(sql: Sql) {
  return sql
    .selectFrom("api_keys")
    .innerJoin("accounts", "accounts.id", "api_keys.account_id")
    .selectAll("api_keys")
    .select("accounts.name as account");
}

function hashed(secret: string): Buffer {
  return createHash("sha256").update(secret).digest();
}
