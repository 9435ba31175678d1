// What the payment provider says of a deployment: each thing is taken once, in whatever order it arrives, and what
// follows from it is written in the same transaction.
import { isUuid } from "../../infra/args.ts";
import type { Sql } from "../database/database.ts";
import type { Deployment, DeploymentChange } from "../deployments/deployments.ts";
import { isEnded, type PaymentState } from "../lifecycle.ts";
import type { LifecycleContext } from "../operations/enqueue.ts";
import { applyPayment } from "./consequences.ts";

export interface Notice {
  /** The same thing said again has the same id. */
  readonly id: string;
  readonly type: string;
  /** When it happened, by the provider's clock. */
  readonly at: Date;
  readonly orderId?: string | undefined;
  readonly checkoutId?: string | undefined;
  readonly subscriptionId?: string | undefined;
  /** `bought` pays by a checkout, `paid` for what was bought before. */
  readonly says: "bought" | "paid" | "revoked" | "refunded" | "nothing";
}

const NO_CHECKOUT = { checkout_url: null, checkout_expires_at: null };
/** Of two things said of the same moment, the later in this list counts. */
const PRECEDENCE: readonly PaymentState[] = ["open", "paid", "revoked", "refunded"];

/** Takes a notice: the deployment that it is about, if it is about one and was not known already. */
export async function hear(context: LifecycleContext, notice: Notice): Promise<Deployment | undefined> {
  return context.sql.transaction().execute(async (trx) => {
    const deployment = await deploymentOf(trx, notice);
    if (!deployment || !(await isNew(trx, deployment.id, notice))) return undefined;
    await trx
      .updateTable("deployments")
      .set(changeBy(deployment, notice))
      .where("id", "=", deployment.id)
      .execute();
    return applyPayment(context, trx, deployment.id);
  });
}

/**
 * By what Berth has requested or received, never by the metadata of an order: that may be anybody's. The row is locked,
 * so that notices of one deployment are taken one after the other.
 */
async function deploymentOf(
  trx: Sql,
  { checkoutId, subscriptionId }: Notice,
): Promise<Deployment | undefined> {
  return trx
    .selectFrom("deployments")
    .selectAll()
    .where(({ or, eb }) =>
      or([
        ...(checkoutId && isUuid(checkoutId.toLowerCase()) ? [eb("checkout_id", "=", checkoutId)] : []),
        ...(subscriptionId ? [eb("subscription_id", "=", subscriptionId)] : []),
      ]),
    )
    .orderBy("id")
    .limit(1)
    .forUpdate()
    .executeTakeFirst();
}

/** Records the notice; false if it is known, by its own id or, for a payment, by its order. */
async function isNew(trx: Sql, deploymentId: string, { id, type, at, orderId }: Notice): Promise<boolean> {
  const recorded = await trx
    .insertInto("payment_notices")
    .values({ id, deployment_id: deploymentId, type, at, order_id: orderId ?? null })
    .onConflict((conflict) => conflict.doNothing())
    .returning("id")
    .execute();
  return recorded.length > 0;
}

function changeBy(deployment: Deployment, notice: Notice): DeploymentChange {
  const { says, at, orderId, subscriptionId } = notice;
  const now = new Date();
  const names: DeploymentChange =
    says === "bought"
      ? { order_id: orderId ?? null, subscription_id: subscriptionId ?? null, ...NO_CHECKOUT }
      : { subscription_id: deployment.subscription_id ?? subscriptionId ?? null };
  names.payment_asked_at = now;
  if (says === "nothing") return names;
  const payment = says === "bought" ? "paid" : says;
  if (!isLater(deployment, payment, at)) return names;
  const endedAt = isEnded(payment) ? (deployment.payment_ended_at ?? now) : null;
  return { ...names, payment, payment_at: at, payment_ended_at: endedAt };
}

function isLater({ payment, payment_at }: Deployment, next: PaymentState, at: Date): boolean {
  if (!payment_at || at > payment_at) return true;
  const isSameMoment = at.getTime() === payment_at.getTime();
  return isSameMoment && PRECEDENCE.indexOf(next) > PRECEDENCE.indexOf(payment);
}
