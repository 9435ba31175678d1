// An operation is one lifecycle call being carried out: a record of its own, never edited once it has ended.

import type { Selectable } from "kysely";
import { fromKysely, type PgBoss } from "pg-boss";
import { v7 as uuidv7 } from "uuid";
import { handOutAddress } from "./addresses.ts";
import type { Cause, OperationTable, Sql } from "./database.ts";
import { type Deployment, type DeploymentChange, findByCheckout, move, sealColumn } from "./deployments.ts";
import { notFound } from "./errors.ts";
import { LIFECYCLE, type OperationKind } from "./lifecycle.ts";
import type { SecretBox } from "./secret.ts";
import type { StackSettings } from "./settings.ts";

export type Operation = Selectable<OperationTable>;

/** Jobs of one deployment are carried out one at a time and in order: the key is its id. */
export const QUEUE = "operations";
const LIVE = ["queued", "running"] as const;

/** What is needed to accept calls. */
export interface Intake {
  readonly sql: Sql;
  readonly boss: PgBoss;
  readonly box: SecretBox;
  readonly settings: StackSettings;
}

/** Accepts an activation: the slot's settings, its address and the operation, all or nothing. */
export async function requestActivate(
  intake: Intake,
  id: string,
  change: DeploymentChange,
): Promise<Operation> {
  const gatewayToken = Buffer.from(crypto.getRandomValues(new Uint8Array(32))).toString("hex");
  const gateway_token = sealColumn(intake.box, id, "gateway_token", gatewayToken);
  return accept(intake, id, "activate", { ...change, gateway_token });
}

/** Accepts a redeploy or a stop. */
export async function requestOperation(
  intake: Intake,
  id: string,
  call: "redeploy" | "stop",
): Promise<Operation> {
  return accept(intake, id, call, {});
}

/** Accepts a delete; what still runs is cancelled first. Asked for again, it answers with the same operation. */
export async function requestDelete(intake: Intake, id: string): Promise<Operation> {
  const found = await findWithOperation(intake.sql, id);
  if (found?.deployment.status === "deleting" && found.operation?.kind === "delete") return found.operation;
  return accept(intake, id, "delete", {});
}

/** Marks the slot of a checkout as paid and has its network and volume made ahead. Paying twice changes nothing. */
export async function pay(intake: Intake, checkoutId: string): Promise<Deployment> {
  return intake.sql.transaction().execute(async (trx) => {
    const deployment = await findByCheckout(trx, checkoutId);
    if (!deployment || deployment.status === "deleted") throw notFound();
    if (deployment.status !== "pending_payment") return deployment;
    const paid = await move(trx, deployment.id, "pay", { status: LIFECYCLE.pay.to });
    await handOutAddress(trx, intake.settings, paid.id);
    await enqueue(intake, trx, paid.id, "prepare");
    return paid;
  });
}

async function accept(
  intake: Intake,
  id: string,
  call: "activate" | "redeploy" | "stop" | "delete",
  change: DeploymentChange,
): Promise<Operation> {
  return intake.sql.transaction().execute(async (trx) => {
    await move(trx, id, call, { ...change, status: LIFECYCLE[call].during });
    if (call === "activate") await handOutAddress(trx, intake.settings, id);
    if (call === "delete") await requestCancel(trx, id);
    return enqueue(intake, trx, id, call);
  });
}

async function enqueue(
  { boss }: Intake,
  trx: Sql,
  deploymentId: string,
  kind: OperationKind,
): Promise<Operation> {
  const operation = await trx
    .insertInto("operations")
    .values({ id: uuidv7(), deployment_id: deploymentId, kind, state: "queued" })
    .returningAll()
    .executeTakeFirstOrThrow();
  await trx
    .updateTable("deployments")
    .set({ operation_id: operation.id })
    .where("id", "=", deploymentId)
    .execute();
  const job = { id: operation.id, singletonKey: deploymentId, db: fromKysely(trx) };
  await boss.send(QUEUE, { operationId: operation.id }, job);
  return operation;
}

async function requestCancel(trx: Sql, deploymentId: string): Promise<void> {
  await trx
    .updateTable("operations")
    .set({ cancel_requested: true })
    .where("deployment_id", "=", deploymentId)
    .where("state", "in", LIVE)
    .execute();
}

export async function findOperation(sql: Sql, id: string): Promise<Operation | undefined> {
  return sql.selectFrom("operations").selectAll().where("id", "=", id).executeTakeFirst();
}

/**
 * A deployment, deleted ones included, and the operation that its status is about. Read in one statement: of two, the
 * second could know of an end that the first has not seen.
 */
export async function findWithOperation(
  sql: Sql,
  id: string,
): Promise<{ deployment: Deployment; operation: Operation | undefined } | undefined> {
  const row = await sql
    .selectFrom("deployments")
    .leftJoin("operations", "operations.id", "deployments.operation_id")
    .selectAll("deployments")
    .select(["kind", "state", "error", "cancel_requested", "started_at", "finished_at"])
    .select("operations.created_at as requested_at")
    .where("deployments.id", "=", id)
    .executeTakeFirst();
  if (!row) return undefined;
  const { kind, state, error, cancel_requested, started_at, finished_at, requested_at, ...deployment } = row;
  if (!deployment.operation_id || !kind || !state || !requested_at)
    return { deployment, operation: undefined };
  const operation: Operation = {
    id: deployment.operation_id,
    deployment_id: id,
    kind,
    state,
    error,
    cancel_requested: cancel_requested ?? false,
    created_at: requested_at,
    started_at,
    finished_at,
  };
  return { deployment, operation };
}

/** The deployment's operation before this one. */
export async function previousOperation(sql: Sql, operation: Operation): Promise<Operation | undefined> {
  return sql
    .selectFrom("operations")
    .selectAll()
    .where("deployment_id", "=", operation.deployment_id)
    .where("id", "<", operation.id)
    .orderBy("id", "desc")
    .limit(1)
    .executeTakeFirst();
}

/** Newest first. */
export async function listOperations(sql: Sql, deploymentId: string, limit: number): Promise<Operation[]> {
  return sql
    .selectFrom("operations")
    .selectAll()
    .where("deployment_id", "=", deploymentId)
    .orderBy("id", "desc")
    .limit(limit)
    .execute();
}

/** Claims a queued operation. Undefined if it has ended already. `again`: a worker died while carrying it out. */
export async function startOperation(
  sql: Sql,
  id: string,
): Promise<{ operation: Operation; again: boolean } | undefined> {
  return sql.transaction().execute(async (trx) => {
    const found = await trx
      .selectFrom("operations")
      .selectAll()
      .where("id", "=", id)
      .forUpdate()
      .executeTakeFirst();
    if (!found || found.finished_at) return undefined;
    const started_at = found.started_at ?? new Date();
    await trx.updateTable("operations").set({ state: "running", started_at }).where("id", "=", id).execute();
    return { operation: { ...found, state: "running", started_at }, again: found.state === "running" };
  });
}

/** How an operation ended. */
export type Ending =
  | { readonly state: "succeeded"; readonly outputs: Record<string, unknown> | null }
  | { readonly state: "failed"; readonly cause: Cause }
  | { readonly state: "cancelled" };

/** Ends an operation and moves its deployment on, unless a newer operation has taken that over. */
export async function settleOperation(sql: Sql, operation: Operation, ending: Ending): Promise<void> {
  await sql.transaction().execute(async (trx) => {
    await trx
      .updateTable("operations")
      .set({
        state: ending.state,
        error: ending.state === "failed" ? JSON.stringify(ending.cause) : null,
        finished_at: new Date(),
      })
      .where("id", "=", operation.id)
      .where("state", "in", LIVE)
      .execute();
    await trx
      .updateTable("deployments")
      .set({ ...afterwards(operation.kind, ending), updated_at: new Date() })
      .where("id", "=", operation.deployment_id)
      .where("operation_id", "=", operation.id)
      .execute();
  });
}

function afterwards(kind: OperationKind, ending: Ending): DeploymentChange {
  if (ending.state === "succeeded") {
    const outputs = ending.outputs && JSON.stringify(ending.outputs);
    if (kind === "prepare") return { outputs };
    if (kind === "delete") return { status: "deleted", outputs: null, address: null, ...forgetSecrets };
    return { status: LIFECYCLE[kind].to, outputs };
  }
  // A slot whose preparation failed is still a paid slot: activate makes everything itself.
  return kind === "prepare" ? {} : { status: "failed" };
}

const forgetSecrets = {
  telegram_bot_token: null,
  model_api_key: null,
  gateway_token: null,
  stack_exists: false,
};
