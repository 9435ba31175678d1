// No webhook is relied upon: every few minutes Polar is asked about unpaid checkouts and subscriptions, data is deleted
// that nobody has paid for in time, and subscriptions of what is deleted are ended. Several processes may do so at a time.
import { type RawBuilder, sql } from "kysely";
import type { Logger } from "pino";
import { regularly } from "../async.ts";
import { claimDue } from "../deployments/claim-due.ts";
import type { Deployment } from "../deployments/deployments.ts";
import { BerthError } from "../errors.ts";
import { ENDED_PAYMENTS } from "../lifecycle.ts";
import { acceptIn } from "../operations/accept.ts";
import type { LifecycleContext } from "../operations/enqueue.ts";
import { applyPayment } from "./consequences.ts";
import {
  CHECKOUT_IS_OPEN,
  graceIsOver,
  HAS_SUBSCRIPTION,
  SUBSCRIPTION_RUNS_ON,
  WAS_NEVER_PAID,
} from "./due.ts";
import { hear } from "./notices.ts";
import { Overdue, restOf } from "./overdue.ts";
import type { Answer, Polar } from "./polar.ts";

const EVERY_MS = 5 * 60_000;
/** At most so many of a kind at a time: Polar allows a hundred calls a minute in its sandbox. */
const BATCH = 25;

export interface Watched extends LifecycleContext {
  readonly polar: Polar;
  readonly overdue: Overdue;
  readonly log: Logger;
}

/** Watches now and every few minutes. The returned function stops that. */
export function watchPayments(parts: Omit<Watched, "overdue">): () => Promise<void> {
  const watched = { ...parts, overdue: new Overdue(restOf(parts.settings.suspensionGraceMs)) };
  return regularly(EVERY_MS, (over) =>
    lookAtPayments(watched, over).catch((error: unknown) =>
      watched.log.warn({ err: error }, "payments could not be looked at; the next look is in five minutes"),
    ),
  );
}

/** One look at everything that is due, a batch of each kind. */
export async function lookAtPayments(watched: Watched, over?: AbortSignal): Promise<void> {
  await applyUnapplied(watched);
  await forEachDue(watched, CHECKOUT_IS_OPEN, askAbout, over);
  await forEachDue(watched, HAS_SUBSCRIPTION, askAbout, over);
  await forEachDue(watched, WAS_NEVER_PAID, removeIfUnpaid, over);
  await forEachDue(watched, graceIsOver(watched.settings.suspensionGraceMs), removeIfUnpaid, over);
  await forEachDue(watched, SUBSCRIPTION_RUNS_ON, endSubscription, over);
}

/** Deployments whose status is not yet what their payment asks for. One whose operation failed has an hour's rest. */
async function applyUnapplied(watched: Watched): Promise<void> {
  const unapplied = await watched.sql
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
  for (const { id } of unapplied)
    await watched.sql.transaction().execute((trx) => applyPayment(watched, trx, id));
}

/** What is done about a deployment that is due. @returns whether Polar has answered */
type Handle = (watched: Watched, deployment: Deployment) => Promise<"answered" | "no answer">;

/** Claims and handles one after the other. Where Polar does not answer, the rest waits for the next look. */
async function forEachDue(
  watched: Watched,
  due: RawBuilder<boolean>,
  handle: Handle,
  over: AbortSignal | undefined,
): Promise<void> {
  for (let count = 0; count < BATCH && !over?.aborted; count++) {
    const claim = { to: new Date(), limit: 1 };
    const [deployment] = await claimDue(watched.sql, "payment_asked_at", due, claim);
    if (!deployment || (await handle(watched, deployment)) === "no answer") return;
  }
}

async function askAbout(watched: Watched, deployment: Deployment): ReturnType<Handle> {
  return (await hearOf(watched, deployment)) ? "answered" : "no answer";
}

/** Removes it only if Polar says again, an hour later, that nobody has paid, and that nobody can pay any more. */
async function removeIfUnpaid(watched: Watched, deployment: Deployment): ReturnType<Handle> {
  const answer = await hearOf(watched, deployment);
  if (!answer) return "no answer";
  const isUnpaid = answer.isOver && answer.notices.length === 0;
  if (isUnpaid && watched.overdue.isOver(deployment.id)) await removeUnpaid(watched, deployment);
  return "answered";
}

/** Nobody is to go on paying for what is deleted. */
async function endSubscription(
  { sql: database, polar, log }: Watched,
  { id, subscription_id }: Deployment,
): ReturnType<Handle> {
  if (!subscription_id) return "answered";
  try {
    await polar.endSubscription(subscription_id);
  } catch (error) {
    log.warn({ err: error, deployment: id }, "the subscription of a deleted assistant could not be ended");
    return "no answer";
  }
  await database
    .updateTable("deployments")
    .set({ payment: "revoked" })
    .where("id", "=", id)
    .where("subscription_id", "=", subscription_id)
    .execute();
  log.info({ deployment: id }, "the subscription of a deleted assistant was ended");
  return "answered";
}

/** Records what Polar says of everything that may pay for the deployment; undefined if it does not answer. */
async function hearOf(watched: Watched, deployment: Deployment): Promise<Answer | undefined> {
  const answer = await ask(watched.polar, deployment).catch((error: unknown) =>
    watched.log.warn({ err: error, deployment: deployment.id }, "Polar could not be asked"),
  );
  if (!answer) return undefined;
  for (const notice of answer.notices) await hear(watched, notice);
  return answer;
}

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

/** Deletes it unless something was heard of it since Polar was asked, or its customer has got another checkout. */
async function removeUnpaid(
  watched: Watched,
  { account_id, id, status, payment, checkout_id }: Deployment,
): Promise<void> {
  const removal = watched.sql.transaction().execute(async (trx) => {
    const same = trx
      .selectFrom("deployments")
      .select("id")
      .where((is) => is.and({ id, status, payment, checkout_id }));
    if (!(await same.forUpdate().executeTakeFirst())) return false;
    const by = { accountId: account_id, requestId: null };
    await acceptIn(watched, trx, { by, deploymentId: id, call: "delete" });
    return true;
  });
  const isRemoved = await removal.catch((error: unknown) => {
    // A backup of it is being restored elsewhere: it is deleted at a later look.
    if (error instanceof BerthError) return false;
    throw error;
  });
  if (isRemoved) watched.overdue.forget(id);
  if (isRemoved) watched.log.info({ deployment: id, status }, "unpaid for too long: it is being deleted");
}
