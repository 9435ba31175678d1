// How many operations an account may have waiting or running: each of them is a turn that the queue has to look at.
import type { Sql } from "../database/database.ts";
import { BerthError } from "../errors.ts";
import { LIVE } from "./operations.ts";

/** Some minutes of work for a worker; nobody's assistants are meant to change all at once. */
export const MOST_LIVE = 500;

/**
 * Call it in the transaction of a customer's call, before its operation is queued. A delete is never refused: it ends what is
 * live of its deployment.
 * @throws BerthError RATE_LIMITED
 */
export async function assertMayQueue(trx: Sql, accountId: string, most = MOST_LIVE): Promise<void> {
  const { live } = await trx
    .selectFrom("operations")
    .innerJoin("deployments", "deployments.id", "operations.deployment_id")
    .select(({ fn }) => fn.countAll<string>().as("live"))
    .where("operations.state", "in", LIVE)
    .where("account_id", "=", accountId)
    .executeTakeFirstOrThrow();
  if (Number(live) < most) return;
  throw new BerthError(
    "RATE_LIMITED",
    `The account has ${live} operations that are waiting or running; ${most} is the most. Nothing was changed; try again when one of them has ended.`,
  );
}
