// What the operator alone may do with everybody's deployments.
import type { Sql } from "../database/database.ts";
import type { DeploymentChange } from "../deployments/deployments.ts";
import { notFound } from "../errors.ts";
import { acceptIn } from "./accept.ts";
import type { LifecycleContext } from "./enqueue.ts";
import { type Listed, readListed } from "./listing.ts";
import type { Operation } from "./operations.ts";

/** @throws BerthError NOT_FOUND */
export async function getFromFleet(sql: Sql, id: string): Promise<Listed> {
  const [found] = await readListed(sql, [id]);
  if (!found || found.deployment.status === "deleted") throw notFound();
  return found;
}

/**
 * Accepts a redeploy for the operator, of any account's deployment.
 * @throws BerthError NOT_FOUND or INVALID_STATE
 */
export async function requestUpgrade(
  context: LifecycleContext,
  requestId: string | null,
  id: string,
  change: DeploymentChange,
): Promise<Operation> {
  const { account_id: accountId } = (await getFromFleet(context.sql, id)).deployment;
  const accepted = { by: { accountId, requestId }, deploymentId: id, call: "upgrade", change } as const;
  return context.sql.transaction().execute((trx) => acceptIn(context, trx, accepted));
}
