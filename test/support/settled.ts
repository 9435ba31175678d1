// Deployments whose states change without an engine: the records as the worker would find and settle them.
import { v7 as uuidv7 } from "uuid";
import { DEFAULT_ACCOUNT_ID } from "../../stacks/accounts.ts";
import type { Sql } from "../../stacks/database.ts";
import { createSlot } from "../../stacks/deployments.ts";
import type { OperationKind } from "../../stacks/lifecycle.ts";
import { beginAttempt, type Ending, settleOperation } from "../../stacks/operations.ts";

/** A paid slot with a callback URL. */
export async function slotWithCallback(sql: Sql, url: string | null): Promise<string> {
  const { id } = await createSlot(sql, { accountId: DEFAULT_ACCOUNT_ID, apiMode: "byok", maxLive: 0 });
  await sql
    .updateTable("deployments")
    .set({ status: "purchased", callback_url: url })
    .where("id", "=", id)
    .execute();
  return id;
}

/** Carries an operation out in the records alone; returns its id. */
export async function settle(
  sql: Sql,
  deploymentId: string,
  kind: OperationKind,
  ending: Ending = { state: "succeeded", outputs: null },
): Promise<string> {
  const id = uuidv7();
  await sql
    .insertInto("operations")
    .values({ id, deployment_id: deploymentId, kind, state: "queued" })
    .execute();
  await sql.updateTable("deployments").set({ operation_id: id }).where("id", "=", deploymentId).execute();
  const attempt = await beginAttempt(sql, id, "test");
  if (!attempt || !(await settleOperation(sql, attempt.operation, ending))) throw new Error("Not settled.");
  return id;
}
