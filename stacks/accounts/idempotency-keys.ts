// Idempotency keys of callers: who claims one first carries the call out, everybody else gets its answer. A claim has a
// lease, so that a process that died with it does not block the key for ever.
import { randomUUID } from "node:crypto";
import { sql as raw } from "kysely";
import type { Sql } from "../database/database.ts";
import { Secret, type SecretBox } from "../secret.ts";

/** How long an answer is kept. */
export const ANSWERS_KEPT_HOURS = 24;
/** Far longer than accepting a call takes. */
const LEASE_SECONDS = 60;
const LEASED_UNTIL = raw`now() + make_interval(secs => ${raw.lit(LEASE_SECONDS)})`;
/**
 * A lease that ends later is of a clock that was wrong. Another call's ends a little later than this one's own would:
 * `now()` is when a transaction began.
 */
const LATEST_LEASE = raw`now() + make_interval(secs => ${raw.lit(2 * LEASE_SECONDS)})`;

export interface IdempotentCall {
  readonly accountId: string;
  readonly key: string;
  /** Says whether a call is the same: of its API key, method, path and body. */
  readonly fingerprint: string;
}

/** A claimed call. The claim fences it: what a later claim has taken over is out of reach. */
export interface HeldCall extends IdempotentCall {
  readonly claim: string;
}

export type Claimed =
  | { readonly held: HeldCall }
  | { readonly answer: { readonly status: number; readonly body: string } }
  | "running"
  | "mismatch";

interface Parts {
  readonly sql: Sql;
  readonly box: SecretBox;
}

/** Claims the key for this call, or returns what has become of the one that did. */
export async function claimKey({ sql, box }: Parts, call: IdempotentCall): Promise<Claimed> {
  for (;;) {
    const held = { ...call, claim: randomUUID() };
    if (await insertClaim(sql, held)) return { held };
    const known = await sql
      .selectFrom("idempotency_keys")
      .selectAll()
      .where("account_id", "=", call.accountId)
      .where("key", "=", call.key)
      .executeTakeFirst();
    // Given back between the two statements.
    if (!known) continue;
    if (known.fingerprint !== call.fingerprint) return "mismatch";
    if (known.status === null || known.answer === null) return "running";
    const body = box.open(known.answer, answerContext(call)).reveal();
    return { answer: { status: known.status, body } };
  }
}

/** Keeps the call's answer. It may hold a secret, such as a new API key, and is sealed. */
export async function keepAnswer(
  { sql, box }: Parts,
  held: HeldCall,
  answer: { readonly status: number; readonly body: string },
): Promise<void> {
  await sql
    .updateTable("idempotency_keys")
    .set({ status: answer.status, answer: box.seal(new Secret(answer.body), answerContext(held)) })
    .where("account_id", "=", held.accountId)
    .where("key", "=", held.key)
    .where("claim", "=", held.claim)
    .execute();
}

/** Gives the key back: the call can be made again with it. */
export async function giveBackKey({ sql }: Pick<Parts, "sql">, held: HeldCall): Promise<void> {
  await sql
    .deleteFrom("idempotency_keys")
    .where("account_id", "=", held.accountId)
    .where("key", "=", held.key)
    .where("claim", "=", held.claim)
    .where("status", "is", null)
    .execute();
}

/** False if somebody has it. By the database's clock: processes of several hosts claim. */
async function insertClaim(sql: Sql, { accountId, key, fingerprint, claim }: HeldCall): Promise<boolean> {
  const { rows } = await raw`
    insert into idempotency_keys as known (account_id, key, fingerprint, claim, leased_until)
    values (${accountId}, ${key}, ${fingerprint}, ${claim}, ${LEASED_UNTIL})
    on conflict (account_id, key) do update set
      fingerprint = excluded.fingerprint, claim = excluded.claim, leased_until = excluded.leased_until,
      status = null, answer = null, created_at = now()
    where known.created_at < now() - make_interval(hours => ${ANSWERS_KEPT_HOURS})
      or (known.status is null and known.leased_until not between now() and ${LATEST_LEASE} and known.fingerprint = excluded.fingerprint)
    returning claim`.execute(sql);
  return rows.length > 0;
}

/** What a kept answer is sealed for. */
export function answerContext({ accountId, key }: Pick<IdempotentCall, "accountId" | "key">): string {
  return `${accountId}/idempotency/${key}`;
}
