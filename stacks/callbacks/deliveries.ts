// Records of callbacks on their way: one at a time and in order per deployment, each until it is over.
import { type Selectable, sql } from "kysely";
import type { Sql } from "../database/database.ts";
import { cutPage, type Page } from "../database/pages.ts";
import type { CallbackAttempt, CallbackTable } from "../database/schema.ts";
import type { Deployment } from "../deployments/deployments.ts";
import { BerthError } from "../errors.ts";
import { forgetEndpoint } from "./events.ts";

export type Callback = Selectable<CallbackTable>;

/** Longer than an attempt can take. A worker that is silent for so long has died: another one sends again. */
const CLAIM_SECONDS = 60;
/** Times further ahead than these were set by a clock that was wrong. */
const LATEST_CLAIM = sql`now() + make_interval(secs => ${sql.lit(2 * CLAIM_SECONDS)})`;
const LATEST_ATTEMPT = sql`now() + interval '3 days'`;
const KEPT_ATTEMPTS = 20;

/** Newest first. */
export async function listCallbacks(
  db: Sql,
  deploymentId: string,
  page: Page,
): Promise<{ rows: Callback[]; nextCursor: string | null }> {
  let query = db.selectFrom("callbacks").selectAll().where("deployment_id", "=", deploymentId);
  if (page.cursor) {
    const seen = db.selectFrom("callbacks").select("sequence").where("id", "=", page.cursor);
    query = query.where("sequence", "<", seen);
  }
  const found = await query
    .orderBy("sequence", "desc")
    .limit(page.limit + 1)
    .execute();
  return cutPage(found, page);
}

/** A callback that was taken to be sent, and whose it is. */
export type ClaimedCallback = Callback & { readonly account_id: string };

/**
 * Takes the next callback that is due, for as long as an attempt may take; its attempt is counted. One that is before
 * another of its deployment, or is being sent, keeps that one waiting.
 * @param without accounts whose callbacks are left
 */
export async function claimDue(
  db: Sql,
  without: readonly string[] = [],
): Promise<ClaimedCallback | undefined> {
  const isOfOthers =
    without.length === 0
      ? sql``
      : sql`and c.deployment_id not in (select id from deployments where account_id in (${sql.join(without)}))`;
  const due = sql<string>`(
    select c.id from callbacks c
    where c.state = 'pending' and c.next_attempt_at not between now() and ${LATEST_ATTEMPT}
      and (c.claimed_until is null or c.claimed_until not between now() and ${LATEST_CLAIM})
      and not exists (
        select from callbacks other
        where other.deployment_id = c.deployment_id and other.state = 'pending' and other.id <> c.id
          and (other.sequence < c.sequence or other.claimed_until between now() and ${LATEST_CLAIM}))
      ${isOfOthers}
    order by c.next_attempt_at limit 1 for update skip locked)`;
  return db
    .updateTable("callbacks")
    .set({
      attempt: sql<number>`attempt + 1`,
      claimed_until: sql<Date>`now() + make_interval(secs => ${CLAIM_SECONDS}::int)`,
    })
    .where("id", "=", due)
    .returningAll()
    .returning(
      sql<string>`(select account_id from deployments where deployments.id = callbacks.deployment_id)`.as(
        "account_id",
      ),
    )
    .executeTakeFirst();
}

/** Gives back what a dead process was sending. Only for a database that nobody else works on. */
export async function releaseClaims(db: Sql): Promise<void> {
  await db.updateTable("callbacks").set({ claimed_until: null }).where("state", "=", "pending").execute();
}

/** What has become of an attempt. `again` is due so many milliseconds from now. */
export type Outcome =
  | { readonly state: "delivered" | "failed" | "disabled" }
  | { readonly state: "again"; readonly inMs: number };

/** Ends an attempt, unless another worker has meanwhile taken the callback over. */
export async function endAttempt(
  db: Sql,
  { id, attempt, attempts, deployment_id }: Callback,
  outcome: Outcome,
  made?: CallbackAttempt,
): Promise<void> {
  const isOver = outcome.state !== "again";
  await db.transaction().execute(async (trx) => {
    await trx
      .updateTable("callbacks")
      .set({
        state: isOver ? outcome.state : "pending",
        attempts: JSON.stringify([...attempts, ...(made ? [made] : [])].slice(-KEPT_ATTEMPTS)),
        next_attempt_at: isOver
          ? null
          : sql<Date>`now() + make_interval(secs => ${outcome.inMs / 1000}::float)`,
        claimed_until: null,
      })
      .where("id", "=", id)
      .where("attempt", "=", attempt)
      .where("state", "=", "pending")
      .execute();
    if (isOver) await forgetEndpoint(trx, deployment_id);
  });
}

/** Sends nothing more to this URL until the customer sets one again. */
export async function disableEndpoint(db: Sql, deploymentId: string, url: string): Promise<void> {
  await db
    .updateTable("deployments")
    .set({ callback_disabled_at: new Date() })
    .where("id", "=", deploymentId)
    .where("callback_url", "=", url)
    .execute();
}

/** Where a deployment's callbacks go now; undefined if nowhere. */
export function endpointOf({ callback_url, callback_disabled_at }: Deployment): string | undefined {
  return callback_disabled_at === null ? (callback_url ?? undefined) : undefined;
}

/**
 * Queues a callback again, with its id and body; one that waits for its next attempt is due at once.
 * @throws BerthError NOT_FOUND, or CALLBACKS_DISABLED when it would go nowhere.
 */
export async function replayCallback(db: Sql, deployment: Deployment, id: string): Promise<Callback> {
  if (!endpointOf(deployment)) {
    throw new BerthError(
      "CALLBACKS_DISABLED",
      "The deployment has no callbackUrl, or its receiver answered 410. Nothing was queued; set callbackUrl by PATCH first.",
    );
  }
  const replayed = await db
    .updateTable("callbacks")
    .set({
      attempt: sql<number>`case when state = 'pending' then attempt else 0 end`,
      state: "pending",
      next_attempt_at: sql<Date>`now()`,
      queued_at: sql<Date>`now()`,
    })
    .where("id", "=", id)
    .where("deployment_id", "=", deployment.id)
    .returningAll()
    .executeTakeFirst();
  if (!replayed) throw new BerthError("NOT_FOUND", "There is no callback with this id.");
  return replayed;
}
