// From an accepted call to its operation: a record, and a job in the queue. Both in the caller's transaction.
import { fromKysely, type PgBoss } from "pg-boss";
import { v7 as uuidv7 } from "uuid";
import type { Sql } from "../database/database.ts";
import type { Destination, Reverts } from "../database/schema.ts";
import type { OperationKind } from "../lifecycle.ts";
import type { SecretBox } from "../secret.ts";
import type { StackSettings } from "../settings.ts";
import { tracedSend } from "../tracing/operation.ts";
import { type Operation, QUEUE } from "./operations.ts";
import { nextTurn, priorityOf } from "./turns.ts";

/** More than an upgrade with its way back may take: each step has a deadline of its own. */
const LONGEST_SECONDS = 12 * 3_600;

/** No job goes before its operation has ended, however long it waits, or whatever the clock says meanwhile. */
const KEPT_SECONDS = 10 * 365 * 24 * 3_600;

/** What is needed to accept calls. */
export interface LifecycleContext {
  readonly sql: Sql;
  readonly boss: PgBoss;
  readonly box: SecretBox;
  readonly settings: StackSettings;
}

/** Whose call it is. Another account's deployments are out of its reach. */
export interface Requester {
  readonly accountId: string;
  /** Of the HTTP request; null where there is none. */
  readonly requestId: string | null;
}

/** What is to be carried out. */
interface OperationWanted {
  readonly deploymentId: string;
  readonly kind: OperationKind;
  /** Of the HTTP request; absent or null where there is none. */
  readonly requestId?: string | null;
  /** The backup that is made, or restored. */
  readonly backupId?: string;
  /** What takes a change of settings back. */
  readonly reverts?: Reverts;
  /** Whether it begins with no data if what there was is gone. */
  readonly beginEmpty?: boolean;
  /** Of a move. */
  readonly destination?: Destination;
}

/** Records an operation, makes it the one that its deployment's status is about, and queues its job. Call it inside a transaction. */
export async function enqueue(
  { boss }: LifecycleContext,
  trx: Sql,
  { deploymentId, kind, requestId, backupId, reverts, beginEmpty, destination }: OperationWanted,
): Promise<Operation> {
  const operation = await trx
    .insertInto("operations")
    .values({
      id: uuidv7(),
      deployment_id: deploymentId,
      kind,
      state: "queued",
      request_id: requestId ?? null,
      backup_id: backupId,
      turn: nextTurn(deploymentId),
      begin_empty: beginEmpty,
      ...(destination && { destination: JSON.stringify(destination) }),
      ...(reverts && { reverts: JSON.stringify(reverts) }),
    })
    .returningAll()
    .executeTakeFirstOrThrow();
  const { account_id } = await trx
    .updateTable("deployments")
    .set({ operation_id: operation.id })
    .where("id", "=", deploymentId)
    .returning("account_id")
    .executeTakeFirstOrThrow();
  const job = {
    id: operation.id,
    singletonKey: deploymentId,
    priority: priorityOf(operation),
    group: { id: account_id },
    expireInSeconds: LONGEST_SECONDS,
    retentionSeconds: KEPT_SECONDS,
    db: fromKysely(trx),
  };
  await tracedSend(operation, (trace) => boss.send(QUEUE, { operationId: operation.id, trace }, job));
  return operation;
}
