// Accepting that a slot is paid: it is sold then, and an operation prepares it, in one transaction.
import type { Sql } from "../database/database.ts";
import { handOutNeeded } from "../deployments/addresses.ts";
import { type Deployment, lockByCheckout, move } from "../deployments/deployments.ts";
import { prebootOnPayment } from "../deployments/preboot.ts";
import { BerthError, notFound } from "../errors.ts";
import { LIFECYCLE } from "../lifecycle.ts";
import { enqueue, type LifecycleContext } from "./enqueue.ts";

/** Marks the slot of a checkout as paid and has its network and volume made ahead. Paying twice changes nothing. */
export async function pay(context: LifecycleContext, checkoutId: string): Promise<Deployment> {
  return context.sql.transaction().execute(async (trx) => {
    const deployment = await lockByCheckout(trx, checkoutId);
    if (!deployment || deployment.status === "deleted") throw notFound();
    if (deployment.status !== "pending_payment") return deployment;
    const paid = await sell(context, trx, deployment);
    await prepare(context, trx, paid);
    return paid;
  });
}

/** As pay, for money that has moved: without room for the slot it is paid all the same, and activate asks for room. */
export async function takePayment(
  context: LifecycleContext,
  trx: Sql,
  deployment: Deployment,
): Promise<Deployment> {
  const paid = await sell(context, trx, deployment);
  await prepare(context, trx, paid).catch((error: unknown) => {
    if (!(error instanceof BerthError)) throw error;
  });
  return paid;
}

async function sell(
  { settings }: LifecycleContext,
  trx: Sql,
  { account_id: accountId, id }: Deployment,
): Promise<Deployment> {
  const change = { status: LIFECYCLE.pay.to, ...prebootOnPayment(settings) };
  return move(trx, { accountId, id, call: "pay", change });
}

async function prepare(context: LifecycleContext, trx: Sql, deployment: Deployment): Promise<void> {
  await handOutNeeded(trx, context.settings, deployment);
  await enqueue(context, trx, { deploymentId: deployment.id, kind: LIFECYCLE.pay.kind });
}
