// Cancelling what brings an assistant up. It ends in a state that is so: stopped, with data and settings kept.
import { move } from "../deployments/deployments.ts";
import { BerthError } from "../errors.ts";
import { LIFECYCLE } from "../lifecycle.ts";
import { enqueue, type LifecycleContext, type Requester } from "./enqueue.ts";
import { LIVE, type Operation } from "./operations.ts";

/**
 * Ends an activation or a redeploy that has not ended, and accepts a stop of what it has brought up by then.
 * @returns the stop
 * @throws BerthError NOT_FOUND, or INVALID_STATE when it has ended or is another kind of operation
 */
export async function requestCancel(
  context: LifecycleContext,
  by: Requester,
  id: string,
  operationId: string,
): Promise<Operation> {
  const { kind, during } = LIFECYCLE.cancel;
  return context.sql.transaction().execute(async (trx) => {
    // Before the deployment, as the operation's own end does it: neither waits for the other.
    const cancelled = await trx
      .updateTable("operations")
      .set({ cancel_requested: true })
      .where("id", "=", operationId)
      .where("deployment_id", "=", id)
      .where("kind", "in", ["activate", "redeploy"])
      .where("state", "in", LIVE)
      .returning("id")
      .executeTakeFirst();
    await move(trx, { accountId: by.accountId, id, call: "cancel", change: { status: during } });
    if (!cancelled) throw notTheOne();
    return enqueue(context, trx, { deploymentId: id, kind, requestId: by.requestId });
  });
}

function notTheOne(): BerthError {
  return new BerthError(
    "INVALID_STATE",
    "Another operation brings the deployment up. Nothing was cancelled; GET /:id/status names that one.",
  );
}
