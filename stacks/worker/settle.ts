// What the end of an operation makes of its record and of its deployment's, in one transaction. Where it leads: ../lifecycle.ts.
import { sql as raw } from "kysely";
import { endBackups } from "../backups/records.ts";
import { recordCallback } from "../callbacks/events.ts";
import { DEADLINE_EXCEEDED, INTERRUPTED, RESTORE_INCOMPLETE } from "../causes.ts";
import type { Sql } from "../database/database.ts";
import { isOfTheFuture } from "../database/recent.ts";
import { NO_BOT } from "../deployments/bots.ts";
import type { DeploymentChange } from "../deployments/deployments.ts";
import { isPrebooted } from "../deployments/outputs.ts";
import { type End, type OperationKind, type Status, statusAfter } from "../lifecycle.ts";
import { countOperation } from "../operations/counts.ts";
import { deletedFacts } from "../operations/delete-at-once.ts";
import { type Ending, KEPT_OPERATIONS, LIVE, type Operation } from "../operations/operations.ts";
import { remarkAfterRedeploy } from "../operations/remarks.ts";
import { columnsBefore } from "../operations/reverts.ts";
import { endFormerTokens } from "../usage/tokens.ts";

/** Causes of operations that did not fail by themselves, or left something half done. */
const CUT_OFF = [INTERRUPTED, DEADLINE_EXCEEDED, RESTORE_INCOMPLETE];

/** Of so many operations of a deployment the log is kept. */
const KEPT_LOGS = 20;

/** The data is measured soon after an operation, but not while an assistant that was just started has so much else to do. */
const MEASURED_WITHIN_SECONDS = 60;

/** What was found of the assistant before: nothing is known of what the operation has brought about. */
const nothingFound = {
  seen: null,
  warning: null,
  // Times of messages stay; whether it reaches Telegram is another matter since then.
  conversation: raw<string>`conversation || '{"channel": null}'::jsonb`,
  conversation_warning: null,
  model_warning: null,
  model_check_at: null,
  state_warning: null,
  // Never put off: who has a backup made every minute is measured all the same.
  state_check_at: raw<Date>`least(state_check_at, now() + make_interval(secs => ${MEASURED_WITHIN_SECONDS}))`,
};

/** What these have made of stack and data is so, also where something else was asked for since: that begins with it. */
const MADE_ALL_THE_SAME: readonly OperationKind[] = ["patch", "restore"];

const WITHOUT_BOT: readonly Status[] = ["purchased", "stopped", "deleted"];

/**
 * Ends an operation and moves its deployment on, unless a newer operation has taken that over. False, and nothing is
 * written, if the attempt is no longer the one that counts.
 */
export async function settleOperation(sql: Sql, operation: Operation, ending: Ending): Promise<boolean> {
  return sql.transaction().execute(async (trx) => {
    const settled = await trx
      .updateTable("operations")
      .set({
        state: ending.state,
        error: ending.state === "failed" ? JSON.stringify(ending.cause) : null,
        finished_at: new Date(),
      })
      .where("id", "=", operation.id)
      .where("attempt", "=", operation.attempt)
      .where("state", "in", LIVE)
      .returning("id")
      .execute();
    if (settled.length === 0) return false;
    const before = await statusOf(trx, operation.deployment_id);
    const reverted = ending.state === "failed" && ending.back ? await columnsBefore(trx, operation) : {};
    const change = { ...reverted, ...afterwards(operation.kind, ending, before) };
    const moved = await trx
      .updateTable("deployments")
      .set({ ...change, ...nothingFound, ...remarkAfter(operation, ending), updated_at: new Date() })
      .where("id", "=", operation.deployment_id)
      .where(isLatest(operation))
      .returning("status")
      .executeTakeFirst();
    if (!moved && MADE_ALL_THE_SAME.includes(operation.kind)) await recordMade(trx, operation, change);
    await endBackups(trx, operation, ending);
    await endFormerTokens(trx, operation.deployment_id);
    // Its customer has not asked for a move.
    if (moved && change.status && !(operation.kind === "adopt" && change.status === before)) {
      const errorCode = ending.state === "failed" ? ending.cause.code : undefined;
      const { id: operationId, deployment_id: deploymentId } = operation;
      await recordCallback(trx, { deploymentId, status: moved.status, operationId, errorCode });
    }
    await forgetOld(trx, operation.deployment_id);
    const seconds = (Date.now() - (operation.started_at ?? operation.created_at).getTime()) / 1000;
    await countOperation(trx, { kind: operation.kind, outcome: ending.state, seconds });
    return true;
  });
}

function remarkAfter(operation: Operation, { state }: Ending): DeploymentChange {
  return operation.kind === "redeploy" && state === "succeeded" ? remarkAfterRedeploy(operation) : {};
}

/** Of a row of `deployments`. A backup that was asked for since makes nothing of the deployment. */
function isLatest({ id }: Operation) {
  return raw<boolean>`(operation_id = ${id}::uuid or (
    exists (select from operations where id = deployments.operation_id and kind = 'backup')
    and not exists (select from operations as later where later.deployment_id = deployments.id
      and later.id > ${id}::uuid and later.kind <> 'backup')))`;
}

/** What the stack is by now is so, whatever was asked for since: the status is not this operation's any more. */
async function recordMade(
  trx: Sql,
  { deployment_id }: Operation,
  { status: _, ...known }: DeploymentChange,
): Promise<void> {
  if (Object.keys(known).length === 0) return;
  await trx.updateTable("deployments").set(known).where("id", "=", deployment_id).execute();
}

/** Locks the row, too: the status stays what it is until the operation is settled. */
async function statusOf(trx: Sql, deploymentId: string): Promise<Status | undefined> {
  const found = await trx
    .selectFrom("deployments")
    .select("status")
    .where("id", "=", deploymentId)
    .forUpdate()
    .executeTakeFirst();
  return found?.status;
}

/** A deployment that is redeployed for years must not fill the database. */
async function forgetOld(trx: Sql, deploymentId: string): Promise<void> {
  const olderThan = (kept: number) =>
    trx
      .selectFrom("operations")
      .select("id")
      .where("deployment_id", "=", deploymentId)
      .orderBy(isOfTheFuture("created_at"))
      .orderBy("id", "desc")
      .offset(kept);
  await trx.deleteFrom("operation_events").where("operation_id", "in", olderThan(KEPT_LOGS)).execute();
  await trx.deleteFrom("operations").where("id", "in", olderThan(KEPT_OPERATIONS)).execute();
}

/** What the end makes of the deployment. @param before the deployment's status as the operation ends */
function afterwards(kind: OperationKind, ending: Ending, before: Status | undefined): DeploymentChange {
  const status = statusAfter(kind, endOf(ending), before);
  return {
    ...(status && { status }),
    ...(status && WITHOUT_BOT.includes(status) ? NO_BOT : {}),
    ...outputsAfter(kind, ending),
    ...(ending.state === "succeeded" ? { ...prebootAfter(kind, ending), ...forgottenAfter(kind) } : {}),
  };
}

function endOf(ending: Ending): End {
  if (ending.state !== "failed") return ending.state;
  if (ending.back) return { broughtBackTo: ending.back.status };
  return CUT_OFF.includes(ending.cause.code) ? "cutOff" : "failed";
}

/** A backup makes nothing of the stack, nor does a failure that brings nothing back. */
function outputsAfter(kind: OperationKind, ending: Ending): DeploymentChange {
  if (kind === "backup" || ending.state === "cancelled") return {};
  if (ending.state === "succeeded") return { outputs: ending.outputs && JSON.stringify(ending.outputs) };
  return ending.back?.outputs ? { outputs: JSON.stringify(ending.back.outputs) } : {};
}

/** An operation that brings the stack to anything else ends the waiting of its assistant. */
function prebootAfter(kind: OperationKind, { outputs }: { readonly outputs: unknown }): DeploymentChange {
  return kind === "backup" || isPrebooted({ outputs }) ? {} : { preboot_until: null };
}

function forgottenAfter(kind: OperationKind): DeploymentChange {
  if (kind === "delete") return deletedFacts;
  // What an upgrade has left of the data, or was measured of it, is not there any more.
  return kind === "restore" ? { unfinished_upgrade: null, state_use: null } : {};
}
