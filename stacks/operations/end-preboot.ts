// Ends the waiting of a paid slot's assistant: its stack is brought back to network and volume by another preparation.
import type { Sql } from "../database/database.ts";
import { LIFECYCLE, type Status } from "../lifecycle.ts";
import { enqueue, type LifecycleContext } from "./enqueue.ts";
import { isAtRest } from "./operations.ts";

/** Where a slot has no assistant that anybody has asked for. A payment that has ended takes the container along. */
export const SLOTS_WITHOUT: readonly Status[] = ["purchased", "suspended"];

/** @returns whether it was begun; not while another operation waits or runs */
export async function endPreboot(context: LifecycleContext, id: string): Promise<boolean> {
  return context.sql.transaction().execute(async (trx) => {
    const ended = await trx
      .updateTable("deployments")
      .set({ preboot_until: null })
      .where("id", "=", id)
      .where("status", "in", SLOTS_WITHOUT)
      .where(isAtRest)
      .returning("id")
      .execute();
    if (ended.length > 0) await prepareAgain(context, trx, id);
    return ended.length > 0;
  });
}

/** As endPreboot, in a transaction that has looked at the deployment. */
export async function prepareAgain(context: LifecycleContext, trx: Sql, id: string): Promise<void> {
  await trx.updateTable("deployments").set({ preboot_until: null }).where("id", "=", id).execute();
  await enqueue(context, trx, { deploymentId: id, kind: LIFECYCLE.pay.kind });
}
