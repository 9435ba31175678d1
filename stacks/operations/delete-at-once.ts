// A deployment of which nothing was ever begun is deleted in the transaction of the call: there is nothing to be removed.
import { v7 as uuidv7 } from "uuid";
import { recordCallback } from "../callbacks/events.ts";
import type { Sql } from "../database/database.ts";
import { NO_BOT } from "../deployments/bots.ts";
import type { Deployment, DeploymentChange } from "../deployments/deployments.ts";
import { ENDS } from "../lifecycle.ts";
import { countOperation } from "./counts.ts";
import { LIVE, type Operation } from "./operations.ts";

/** What is not kept of one that is deleted. */
export const deletedFacts = {
  outputs: null,
  address: null,
  telegram_bot_token: null,
  model_api_key: null,
  gateway_token: null,
  model_token: null,
  limit_warning: null,
  stack_exists: false,
  data_volume: null,
  moving: null,
  state_use: null,
  remark: null,
} as const satisfies DeploymentChange;

/** Whether there never was a stack, nor will be by what waits. Its preparation, if that has not begun, is cancelled. */
export async function wasNeverBegun(
  trx: Sql,
  { id, stack_exists }: Pick<Deployment, "id" | "stack_exists">,
): Promise<boolean> {
  if (stack_exists) return false;
  const ofIt = trx.selectFrom("operations").where("deployment_id", "=", id);
  const other = ofIt.where(({ or, eb }) =>
    or([eb("started_at", "is not", null), eb("kind", "!=", "prepare")]),
  );
  if (await other.select("id").limit(1).executeTakeFirst()) return false;
  // One that begins meanwhile is waited for, and has begun then.
  const cancelled = await trx
    .updateTable("operations")
    .set({ state: "cancelled", finished_at: new Date() })
    .where("deployment_id", "=", id)
    .where("state", "in", LIVE)
    .where("started_at", "is", null)
    .returning("id")
    .execute();
  for (const _ of cancelled) await countOperation(trx, { kind: "prepare", outcome: "cancelled", seconds: 0 });
  return (await other.select("id").limit(1).executeTakeFirst()) === undefined;
}

/** Records the operation, which has succeeded, and what it makes of its deployment. */
export async function deleteAtOnce(
  trx: Sql,
  deploymentId: string,
  requestId: string | null,
): Promise<Operation> {
  const now = new Date();
  const ended = { state: "succeeded", started_at: now, finished_at: now } as const;
  const operation = await trx
    .insertInto("operations")
    .values({ id: uuidv7(), deployment_id: deploymentId, kind: "delete", request_id: requestId, ...ended })
    .returningAll()
    .executeTakeFirstOrThrow();
  const status = ENDS.delete.succeeded;
  await trx
    .updateTable("deployments")
    .set({ ...deletedFacts, ...NO_BOT, status, operation_id: operation.id, updated_at: now })
    .where("id", "=", deploymentId)
    .execute();
  await recordCallback(trx, { deploymentId, status, operationId: operation.id });
  await countOperation(trx, { kind: "delete", outcome: ended.state, seconds: 0 });
  return operation;
}
