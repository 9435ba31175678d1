// What is reported to customers: recorded in the same transaction as the change itself, so neither is without the other.
import { v7 as uuidv7 } from "uuid";
import type { Cause } from "../causes.ts";
import type { Sql } from "../database/database.ts";
import type { Status } from "../lifecycle.ts";
import { traceContext } from "../tracing/spans.ts";

/** Statuses whose beginning is an event. */
const REPORTED: readonly Status[] = ["active", "failed", "stopped", "suspended", "deleted"];
/** How many events of a deployment are kept, those included that wait to be delivered. */
const KEPT_CALLBACKS = 100;

export interface StatusEvent {
  readonly deploymentId: string;
  readonly status: Status;
  readonly operationId: string | null;
  /** Code of the cause of a failure. */
  readonly errorCode?: string | undefined;
}

/** Queues the callback for a status that a deployment has just got, if its customer wants one. Call it in a transaction. */
export async function recordCallback(trx: Sql, event: StatusEvent): Promise<void> {
  const { deploymentId, status } = event;
  if (!REPORTED.includes(status)) return;
  const type = `assistant.${status}`;
  await record(trx, deploymentId, type, bodyOf(type, event));
  if (status === "deleted") await forgetEndpoint(trx, deploymentId);
}

/** The same for a limit of its models that is near (LIMIT_NEAR) or reached (LIMIT_REACHED). */
export async function recordLimitCallback(trx: Sql, deploymentId: string, cause: Cause): Promise<void> {
  const type = `assistant.${cause.code.toLowerCase()}`;
  const timestamp = new Date().toISOString();
  await record(trx, deploymentId, type, JSON.stringify({ type, timestamp, data: { deploymentId, cause } }));
}

async function record(trx: Sql, deploymentId: string, type: string, body: string): Promise<void> {
  const deployment = await trx
    .selectFrom("deployments")
    .select("callback_url")
    .where("id", "=", deploymentId)
    .executeTakeFirst();
  if (!deployment?.callback_url) return;
  const trace = JSON.stringify(traceContext());
  await trx
    .insertInto("callbacks")
    .values({ id: uuidv7(), deployment_id: deploymentId, type, body, state: "pending", trace })
    .execute();
  await forgetOld(trx, deploymentId);
}

/** A deleted deployment's URL and secrets are kept until its last callback is over. */
export async function forgetEndpoint(trx: Sql, deploymentId: string): Promise<void> {
  await trx
    .updateTable("deployments")
    .set({ callback_url: null, callback_secret: null, callback_secret_before: null })
    .where("id", "=", deploymentId)
    .where("status", "=", "deleted")
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom("callbacks")
            .select("id")
            .where("deployment_id", "=", deploymentId)
            .where("state", "=", "pending"),
        ),
      ),
    )
    .execute();
}

function bodyOf(type: string, { deploymentId, status, operationId, errorCode }: StatusEvent): string {
  const error = errorCode && { code: errorCode };
  const data = { deploymentId, status, operationId, ...(error && { error }) };
  return JSON.stringify({ type, timestamp: new Date().toISOString(), data });
}

async function forgetOld(trx: Sql, deploymentId: string): Promise<void> {
  const old = trx
    .selectFrom("callbacks")
    .select("id")
    .where("deployment_id", "=", deploymentId)
    .orderBy("sequence", "desc")
    .offset(KEPT_CALLBACKS);
  await trx.deleteFrom("callbacks").where("id", "in", old).execute();
}
