// What follows for a deployment from what its payment provider said last. It is derived from the record alone, so it
// may be asked again at any time: what could not be done while an operation ran is done after it.
import { recordCallback } from "../callbacks/events.ts";
import type { Sql } from "../database/database.ts";
import { NO_BOT } from "../deployments/bots.ts";
import { type Deployment, move } from "../deployments/deployments.ts";
import { isPrebooted } from "../deployments/outputs.ts";
import { allows, ENDS, isEnded, LIFECYCLE } from "../lifecycle.ts";
import { prepareAgain } from "../operations/end-preboot.ts";
import { enqueue, type LifecycleContext } from "../operations/enqueue.ts";
import type { Ending, Operation } from "../operations/operations.ts";
import { takePayment } from "../operations/pay.ts";

/** Call it inside a transaction. @returns the deployment as it is afterwards */
export async function applyPayment(context: LifecycleContext, trx: Sql, id: string): Promise<Deployment> {
  let deployment = await lock(trx, id);
  if (deployment.status === "pending_payment" && deployment.order_id) {
    deployment = await takePayment(context, trx, deployment);
  }
  if (isEnded(deployment.payment)) return suspend(context, trx, deployment);
  return deployment.payment === "paid" ? resume(context, trx, deployment) : deployment;
}

/** A payment may have ended, or come back, while an operation ran. What failed at acting on that is not tried at once. */
export async function applyLatePayment(
  context: LifecycleContext,
  { kind, deployment_id }: Operation,
  { state }: Ending,
): Promise<void> {
  if (state === "failed" && (kind === "suspend" || kind === "delete")) return;
  await context.sql.transaction().execute((trx) => applyPayment(context, trx, deployment_id));
}

async function lock(trx: Sql, id: string): Promise<Deployment> {
  return trx.selectFrom("deployments").selectAll().where("id", "=", id).forUpdate().executeTakeFirstOrThrow();
}

async function suspend(context: LifecycleContext, trx: Sql, deployment: Deployment): Promise<Deployment> {
  const { account_id, id, status } = deployment;
  if (!allows("suspend", status)) return deployment;
  // A suspension that failed is tried again; what was before it counts.
  const suspended_from = deployment.suspended_from ?? returnTo(status);
  if (status === "purchased" || status === "stopped") {
    const change = { status: ENDS.suspend.succeeded, suspended_from };
    const suspended = await move(trx, { accountId: account_id, id, call: "suspend", change });
    await recordCallback(trx, { deploymentId: id, status: change.status, operationId: null });
    if (deployment.preboot_until === null && !isPrebooted(deployment)) return suspended;
    await prepareAgain(context, trx, id);
    return lock(trx, id);
  }
  await move(trx, {
    accountId: account_id,
    id,
    call: "suspend",
    change: { status: LIFECYCLE.suspend.during, suspended_from },
  });
  await enqueue(context, trx, { deploymentId: id, kind: LIFECYCLE.suspend.kind });
  return lock(trx, id);
}

/** What has failed may be running: it is stopped, and stays so. */
function returnTo(status: Deployment["status"]): NonNullable<Deployment["suspended_from"]> {
  return status === "purchased" || status === "active" ? status : "stopped";
}

async function resume(context: LifecycleContext, trx: Sql, deployment: Deployment): Promise<Deployment> {
  const { account_id, id, status, suspended_from } = deployment;
  if (!suspended_from || !allows("resume", status)) return deployment;
  if (suspended_from !== "active") {
    const back = status === "failed" ? { status } : { status: suspended_from, ...NO_BOT };
    return move(trx, {
      accountId: account_id,
      id,
      call: "resume",
      change: { ...back, suspended_from: null },
    });
  }
  await move(trx, {
    accountId: account_id,
    id,
    call: "resume",
    change: { status: LIFECYCLE.resume.during, suspended_from: null },
  });
  await enqueue(context, trx, { deploymentId: id, kind: LIFECYCLE.resume.kind });
  return lock(trx, id);
}
