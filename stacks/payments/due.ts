// When a deployment's payment has to be looked at, as conditions on its row.
import { type RawBuilder, sql } from "kysely";
import { ENDED_PAYMENTS } from "../lifecycle.ts";

/** Of unpaid slots and suspended deployments: their checkout may have been paid. */
export const CHECKOUT_IS_OPEN = sql<boolean>`status in ('pending_payment', 'suspended') and checkout_url is not null
  and checkout_expires_at > now() - interval '24 hours' and ${notAskedFor("4 minutes")}`;

export const HAS_SUBSCRIPTION = sql<boolean>`subscription_id is not null
  and status not in ('pending_payment', 'deleting', 'deleted') and ${notAskedFor("1 day")}`;

/** Of what is deleted. A refund leaves the subscription as it is. */
export const SUBSCRIPTION_RUNS_ON = sql<boolean>`subscription_id is not null and status in ('deleting', 'deleted')
  and payment <> 'revoked' and ${notAskedFor("4 minutes")}`;

/** A slot that nobody has paid is there for so long. */
export const UNPAID_KEPT = "7 days";

const UNPAID_FOR = sql`${sql.lit(UNPAID_KEPT)}::interval`;

export const WAS_NEVER_PAID = sql<boolean>`status = 'pending_payment' and created_at < now() - ${UNPAID_FOR}
  and (payment_asked_at < created_at + ${UNPAID_FOR} or ${notAskedFor("1 hour")})`;

/** Due for the last time when the grace is over, and every hour where that did not end in a delete. */
export function graceIsOver(graceMs: number): RawBuilder<boolean> {
  const over = sql`payment_ended_at + ${graceMs / 1000} * interval '1 second'`;
  return sql<boolean>`payment in (${sql.join(ENDED_PAYMENTS)}) and status not in ('deleting', 'deleted')
    and ${over} < now() and (payment_asked_at < ${over} or ${notAskedFor("1 hour")})`;
}

/** A time far in the future was set by a clock that was wrong: it counts as never. */
function notAskedFor(time: string): RawBuilder<boolean> {
  return sql<boolean>`(payment_asked_at is null or payment_asked_at < now() - ${sql.lit(time)}::interval
    or payment_asked_at > now() + interval '1 hour')`;
}
