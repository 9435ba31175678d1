// Deployments whose states change without an engine: the records as the worker would find and settle them.
import { v7 as uuidv7 } from "uuid";
import { DEFAULT_ACCOUNT_ID } from "../../stacks/accounts/accounts.ts";
import { regularly } from "../../stacks/async.ts";
import type { Sql } from "../../stacks/database/database.ts";
import { createSlot } from "../../stacks/deployments/deployments.ts";
import type { OperationKind } from "../../stacks/lifecycle.ts";
import { beginAttempt, type Ending } from "../../stacks/operations/operations.ts";
import { settleOperation } from "../../stacks/worker/settle.ts";
import { ACTIVATION, paidSlot, type TestBerth } from "./berth.ts";

const SUCCEEDED: Ending = { state: "succeeded", outputs: null };

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

/** Asks for an operation and carries it out, in the records alone; returns its id. */
export async function settle(
  sql: Sql,
  deploymentId: string,
  kind: OperationKind,
  ending: Ending = SUCCEEDED,
): Promise<string> {
  const id = uuidv7();
  await sql
    .insertInto("operations")
    .values({ id, deployment_id: deploymentId, kind, state: "queued" })
    .execute();
  await sql.updateTable("deployments").set({ operation_id: id }).where("id", "=", deploymentId).execute();
  await carryOut(sql, id, ending);
  return id;
}

/** Carries an operation out in the records alone. */
export async function carryOut(sql: Sql, operationId: string, ending: Ending = SUCCEEDED): Promise<void> {
  const attempt = await beginAttempt(sql, operationId, "test");
  if (!attempt || !(await settleOperation(sql, attempt.operation, ending))) throw new Error("Not settled.");
}

/** Carries out, in the records alone, whatever is asked of a Berth that has no worker. The returned function ends that. */
export function carryOutAll(sql: Sql): () => Promise<void> {
  return regularly(50, async () => {
    const queued = await sql
      .selectFrom("operations")
      .select(["id", "deployment_id", "kind"])
      .where("state", "=", "queued")
      .execute();
    for (const { id, deployment_id, kind } of queued) {
      const isUp = kind === "activate" || kind === "redeploy";
      await carryOut(sql, id, { state: "succeeded", outputs: isUp ? reported(deployment_id, null) : null });
    }
  });
}

/** An active deployment of a Berth that has no worker: its assistant is what answers at the endpoint. */
export async function activeByRecord(
  berth: TestBerth,
  endpoint: string | null,
  settings: object = {},
): Promise<string> {
  const id = await paidSlot(berth);
  const { status, body } = await berth.call("POST", `${id}/activate`, { ...ACTIVATION, ...settings });
  if (status !== 202) throw new Error(`Not activated: ${JSON.stringify(body)}`);
  const outputs = reported(id, endpoint);
  await carryOut(berth.installation.sql, String(body.data?.operationId), { state: "succeeded", outputs });
  return id;
}

/** What the stack of an active deployment reports. */
export function reported(id: string, endpoint: string | null, containerId = "c0ffee") {
  const name = `berth-${id}`;
  const found = { status: "active", replicas: 1, containerId, endpoint } as const;
  return { ...found, image: "assistant:1", network: name, volume: name };
}
