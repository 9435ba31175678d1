// No webhook is relied upon: Polar is asked what became of unpaid checkouts and of subscriptions, suspended data is
// deleted once its time is over, subscriptions of what is deleted are ended, and what could not be done at once is done.
// Several processes may do this at a time.
import { type RawBuilder, sql } from "kysely";
import type { Logger } from "pino";
import { regularly } from "../async.ts";
import { type Deployment, getDeployment } from "../deployments/deployments.ts";
import { BerthError } from "../errors.ts";
import { ENDED_PAYMENTS } from "../lifecycle.ts";
import { acceptIn } from "../operations/accept.ts";
import type { Intake } from "../operations/enqueue.ts";
import { applyPayment } from "./consequences.ts";
import { hear } from "./notices.ts";
import type { Payments } from "./payments.ts";
import type { Answer, Polar } from "./polar.ts";

const EVERY_MS = 5 * 60_000;
/** At most so many of a kind at a time: Polar allows a hundred calls a minute in its sandbox. */
const BATCH = 25;
const CONFIRM_TIMEOUT_SECONDS = 1.5;

export interface Watched extends Intake {
  readonly polar: Polar;
  readonly log: Logger;
}

/** Watches now and every few minutes. The returned function stops that. */
export function watchPayments(watched: Watched): () => Promise<void> {
  const over = new AbortController();
  const stop = regularly(EVERY_MS, () =>
    lookAtPayments(watched, over.signal).catch((error: unknown) =>
      watched.log.warn({ err: error }, "payments could not be looked at; the next look is in five minutes"),
    ),
  );
  return () => {
    over.abort();
    return stop();
  };
}

/** Where Polar does not answer, the rest of that kind waits for the next time. */
export async function lookAtPayments(watched: Watched, over?: AbortSignal): Promise<void> {
  for (const id of await unapplied(watched)) {
    await watched.sql.transaction().execute((trx) => applyPayment(watched, trx, id));
  }
  for (const [due, isEndOfData] of [
    [UNPAID, false],
    [SUBSCRIBED, false],
    [NEVER_PAID, true],
    [graceIsOver(watched.settings.suspensionGraceMs), true],
  ] as const) {
    for (let count = 0; count < BATCH && !over?.aborted; count++) {
      const deployment = await claimNext(watched, due);
      if (!deployment) break;
      const answer = await ask(watched.polar, deployment).catch((error: unknown) =>
        watched.log.warn({ err: error, deployment: deployment.id }, "Polar could not be asked"),
      );
      if (!answer) break;
      for (const notice of answer.notices) await hear(watched, notice);
      const isUnpaid = answer.isOver && answer.notices.length === 0;
      if (isEndOfData && isUnpaid) await removeUnpaid(watched, deployment);
    }
  }
  await endSubscriptions(watched, over);
}

/** Of what is deleted: nobody is to go on paying for it. What Polar refuses is tried again at the next look. */
async function endSubscriptions(watched: Watched, over: AbortSignal | undefined): Promise<void> {
  const { sql: database, polar, log } = watched;
  for (let count = 0; count < BATCH && !over?.aborted; count++) {
    const deleted = await claimNext(watched, DELETED);
    if (!deleted?.subscription_id) break;
    const { id, subscription_id } = deleted;
    try {
      await polar.endSubscription(subscription_id);
    } catch (error) {
      log.warn({ err: error, deployment: id }, "the subscription of a deleted assistant could not be ended");
      break;
    }
    await database
      .updateTable("deployments")
      .set({ payment: "revoked" })
      .where("id", "=", id)
      .where("subscription_id", "=", subscription_id)
      .execute();
    log.info({ deployment: id }, "the subscription of a deleted assistant was ended");
  }
}

/** Deletes it unless something was heard of it since Polar was asked. */
async function removeUnpaid(
  watched: Watched,
  { account_id, id, status, payment }: Deployment,
): Promise<void> {
  const removal = watched.sql.transaction().execute(async (trx) => {
    const same = trx.selectFrom("deployments").select("id").where("id", "=", id).where("status", "=", status);
    if (!(await same.where("payment", "=", payment).forUpdate().executeTakeFirst())) return false;
    const by = { accountId: account_id, requestId: null };
    await acceptIn(watched, trx, { by, deploymentId: id, call: "delete" });
    return true;
  });
  const isRemoved = await removal.catch((error: unknown) => {
    // A backup of it is being restored elsewhere: it is deleted at a later look.
    if (error instanceof BerthError) return false;
    throw error;
  });
  if (isRemoved) watched.log.info({ deployment: id, status }, "unpaid for too long: it is being deleted");
}

/** For a customer who waits: whether an unpaid slot has been paid by now. The deployment as it is afterwards. */
export async function confirmPayment(
  parts: Intake & { readonly payments: Payments; readonly log: Logger },
  deployment: Deployment,
): Promise<Deployment> {
  const { payments, log } = parts;
  const polar = payments.kind === "polar" ? payments.polar : undefined;
  if (!polar || deployment.status !== "pending_payment" || !deployment.checkout_url) return deployment;
  try {
    const { notices } = await polar.askCheckout(deployment.checkout_id, CONFIRM_TIMEOUT_SECONDS);
    for (const notice of notices) await hear(parts, notice);
  } catch (error) {
    log.warn({ err: error, deployment: deployment.id }, "whether a slot is paid could not be asked");
  }
  return getDeployment(parts.sql, deployment.account_id, deployment.id);
}

/** Asks by everything that may pay for the deployment. */
async function ask(
  polar: Polar,
  { checkout_url, checkout_id, subscription_id, payment }: Deployment,
): Promise<Answer> {
  const answers = [
    ...(checkout_url ? [await polar.askCheckout(checkout_id)] : []),
    ...(subscription_id ? [await polar.askSubscription(subscription_id, payment)] : []),
  ];
  return {
    notices: answers.flatMap(({ notices }) => notices),
    isOver: answers.every(({ isOver }) => isOver),
  };
}

const UNPAID = sql<boolean>`status in ('pending_payment', 'suspended') and checkout_url is not null
  and checkout_expires_at > now() - interval '24 hours' and ${notAskedFor("4 minutes")}`;
const SUBSCRIBED = sql<boolean>`subscription_id is not null and status not in ('pending_payment', 'deleting', 'deleted')
  and ${notAskedFor("1 day")}`;
/** A refund leaves the subscription as it is. */
const DELETED = sql<boolean>`subscription_id is not null and status in ('deleting', 'deleted')
  and payment <> 'revoked' and ${notAskedFor("4 minutes")}`;
const NEVER_PAID = sql<boolean>`status = 'pending_payment' and created_at < now() - interval '7 days'
  and (payment_asked_at < created_at + interval '7 days' or ${notAskedFor("1 hour")})`;

/** Asked for the last time when it is over, and every hour where that did not end in a delete. */
function graceIsOver(graceMs: number): RawBuilder<boolean> {
  const over = sql`payment_ended_at + ${graceMs / 1000} * interval '1 second'`;
  return sql<boolean>`payment in (${sql.join(ENDED_PAYMENTS)}) and status not in ('deleting', 'deleted')
    and ${over} < now() and (payment_asked_at < ${over} or ${notAskedFor("1 hour")})`;
}

function notAskedFor(time: string): RawBuilder<boolean> {
  return sql<boolean>`(payment_asked_at is null or payment_asked_at < now() - ${sql.lit(time)}::interval)`;
}

/** The deployment that has waited longest; claimed by the time at which it was asked about. */
async function claimNext(watched: Watched, due: RawBuilder<boolean>): Promise<Deployment | undefined> {
  return watched.sql
    .updateTable("deployments")
    .set({ payment_asked_at: new Date() })
    .where("id", "=", ({ selectFrom }) =>
      selectFrom("deployments")
        .select("id")
        .where(due)
        .orderBy(sql`payment_asked_at nulls first`)
        .limit(1)
        .forUpdate()
        .skipLocked(),
    )
    .returningAll()
    .executeTakeFirst();
}

/** Deployments whose status is not yet what their payment asks for. One whose operation failed has an hour's rest. */
async function unapplied({ sql: database }: Watched): Promise<string[]> {
  const rows = await database
    .selectFrom("deployments as d")
    .leftJoin("operations as o", "o.id", "d.operation_id")
    .select("d.id")
    .where(
      sql<boolean>`(d.payment in (${sql.join(ENDED_PAYMENTS)}) and d.status in ('purchased', 'active', 'stopped', 'failed')
        or d.payment = 'paid' and d.suspended_from is not null and d.status in ('suspended', 'failed'))
        and (d.status != 'failed' or o.finished_at is null or o.finished_at < now() - interval '1 hour')`,
    )
    .orderBy("d.id")
    .limit(BATCH)
    .execute();
  return rows.map(({ id }) => id);
}
