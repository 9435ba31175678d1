// Keys of accounts: `brt_<id>_<secret>`. Only the secret's SHA-256 is stored. A slow hash would add nothing: 256 random
// bits can't be guessed, however fast the guesses.
import { createHash, timingSafeEqual } from "node:crypto";
import { sql as raw, type Selectable } from "kysely";
import type { Sql } from "../database/database.ts";
import { cutPage, type Page } from "../database/pages.ts";
import type { ApiKeyTable } from "../database/schema.ts";
import { BerthError } from "../errors.ts";

const FORM = /^brt_([0-9a-f]{16})_([A-Za-z0-9_-]{43})$/;
const USE_WRITTEN_EVERY_MS = 60_000;
const NO_HASH = "00".repeat(32);

export type ApiKey = Selectable<ApiKeyTable> & { readonly account: string };

type KeyEnds = Pick<ApiKey, "expires_at" | "revoked_at">;

/** Whether a key works at that time. */
export function works(key: KeyEnds, at: Date): boolean {
  const end = endOf(key);
  return end === null || end > at;
}

/** When a key stops working; null: never. */
export function endOf({ expires_at, revoked_at }: KeyEnds): Date | null {
  return earlierEnd(expires_at, revoked_at);
}

/** Of two ends, where null is never. */
export function earlierEnd(one: Date | null, other: Date | null): Date | null {
  if (one === null || other === null) return one ?? other;
  return one < other ? one : other;
}

/** The id and the secret that a key's text is made of; undefined if it is no key's. */
export function parseKeyText(text: string): { readonly id: string; readonly secret: string } | undefined {
  const [, id, secret] = FORM.exec(text) ?? [];
  return id && secret ? { id, secret } : undefined;
}

export async function readKey(sql: Sql, id: string): Promise<ApiKey | undefined> {
  return keys(sql).where("api_keys.id", "=", id).executeTakeFirst();
}

/** Those of these ids that there are, by id. */
export async function readKeys(sql: Sql, ids: readonly string[]): Promise<ReadonlyMap<string, ApiKey>> {
  const found = await keys(sql).where("api_keys.id", "in", ids).execute();
  return new Map(found.map((key) => [key.id, key]));
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
export async function listKeys(
  sql: Sql,
  accountId: string | undefined,
  page: Page,
): Promise<{ rows: ApiKey[]; nextCursor: string | null }> {
  let query = keys(sql);
  if (accountId) query = query.where("account_id", "=", accountId);
  if (page.cursor !== undefined)
    query = query.where(
      raw<boolean>`(api_keys.created_at, api_keys.id) <
        (select seen.created_at, seen.id from api_keys seen where seen.id = ${page.cursor})`,
    );
  const found = await query
    .orderBy("api_keys.created_at", "desc")
    .orderBy("api_keys.id", "desc")
    .limit(page.limit + 1)
    .execute();
  return cutPage(found, page);
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

/** @throws BerthError NOT_FOUND when there is none, or it is another account's */
export async function getKey(sql: Sql, accountId: string | undefined, id: string): Promise<ApiKey> {
  const key = await readKey(sql, id);
  if (!key || (accountId !== undefined && key.account_id !== accountId)) {
    throw new BerthError("NOT_FOUND", "There is no key with this id.");
  }
  return key;
}

function keys(sql: Sql) {
  return sql
    .selectFrom("api_keys")
    .innerJoin("accounts", "accounts.id", "api_keys.account_id")
    .selectAll("api_keys")
    .select("accounts.name as account");
}

/** SHA-256 of a secret, in hex. */
export function hexHash(secret: string): string {
  return hashed(secret).toString("hex");
}

/** SHA-256 of a secret. */
export function hashed(secret: string): Buffer {
  return createHash("sha256").update(secret).digest();
}
