// An operation is one lifecycle call being carried out: a record of its own, never edited once it has ended.
import { sql as raw, type Selectable } from "kysely";
import type { AssistantOutputs } from "../../infra/args.ts";
import type { Cause } from "../causes.ts";
import type { Sql } from "../database/database.ts";
import type { OperationTable } from "../database/schema.ts";
import type { Deployment } from "../deployments/deployments.ts";
import type { Status } from "../lifecycle.ts";

export type Operation = Selectable<OperationTable>;

/** Jobs of one deployment are carried out one at a time and in order: the key is its id. */
export const QUEUE = "operations";
export const LIVE = ["queued", "running"] as const;
/** How often an operation is tried whose process dies. */
export const MAX_ATTEMPTS = 3;
/** Of a stack that fails again and again, the last ones are remembered. */
const MOST_LOST_HOSTS = 50;
/** Without the database for so long, another worker may be given the operation: this one gives up before that. */
export const LEASE_MS = 20_000;
/** How many operations of a deployment are kept. */
export const KEPT_OPERATIONS = 100;

/** Of a row of `deployments`: nothing that was asked for last is waiting, or being carried out. */
export const isAtRest = raw<boolean>`not exists (select from operations
  where operations.id = deployments.operation_id and operations.state in ('queued', 'running'))`;

/** Whether an operation has not ended. */
export function isLive({ state }: Pick<Operation, "state">): boolean {
  const live: readonly Operation["state"][] = LIVE;
  return live.includes(state);
}

export async function findOperation(sql: Sql, id: string): Promise<Operation | undefined> {
  return sql.selectFrom("operations").selectAll().where("id", "=", id).executeTakeFirst();
}

/**
 * A deployment of the account, deleted ones included, and the operation that its status is about. Read in one
 * statement: of two, the second could know of an end that the first has not seen.
 */
export async function findWithOperation(
  sql: Sql,
  accountId: string,
  id: string,
): Promise<{ deployment: Deployment; operation: Operation | undefined } | undefined> {
  const row = await sql
    .selectFrom("deployments")
    .leftJoin("operations", "operations.id", "deployments.operation_id")
    .selectAll("deployments")
    .select(joinedOperation)
    .where("deployments.id", "=", id)
    .where("deployments.account_id", "=", accountId)
    .executeTakeFirst();
  if (!row) return undefined;
  const { operation, ...deployment } = row;
  return { deployment, operation: operationIn(operation) };
}

/** The operation of a left join, as one column. */
export const joinedOperation = raw<JoinedOperation | null>`to_jsonb(operations)`.as("operation");

/** In JSON times are text. */
type JoinedOperation = Omit<Operation, "created_at" | "started_at" | "finished_at"> & {
  readonly created_at: string;
  readonly started_at: string | null;
  readonly finished_at: string | null;
};

/** @param joined the column joinedOperation */
export function operationIn(joined: JoinedOperation | null): Operation | undefined {
  if (!joined) return undefined;
  const { created_at, started_at, finished_at } = joined;
  const times = {
    created_at: new Date(created_at),
    started_at: started_at === null ? null : new Date(started_at),
    finished_at: finished_at === null ? null : new Date(finished_at),
  };
  return { ...joined, ...times };
}

/** Newest first. */
export async function listOperations(sql: Sql, deploymentId: string): Promise<Operation[]> {
  return sql
    .selectFrom("operations")
    .selectAll()
    .where("deployment_id", "=", deploymentId)
    .orderBy("id", "desc")
    .limit(KEPT_OPERATIONS)
    .execute();
}

/** One attempt to carry an operation out. Its number fences it: what a later attempt has taken over is out of reach. */
export interface AttemptRecord {
  readonly operation: Operation;
  /** What was tried on the deployment's stack before this: an earlier attempt, or the operation before. */
  readonly before: Operation | undefined;
  /** Why its assistant was last found to have failed, if it was and has not been brought up since. */
  readonly lastFailure: Cause | undefined;
  /** Whether an operation before this may have left data of the assistant's. */
  readonly hadData: boolean;
}

/** Begins the next attempt; undefined if the operation has ended already. `host` is that of the calling process. */
export async function beginAttempt(sql: Sql, id: string, host: string): Promise<AttemptRecord | undefined> {
  return sql.transaction().execute(async (trx) => {
    const found = await trx
      .selectFrom("operations")
      .selectAll()
      .where("id", "=", id)
      .forUpdate()
      .executeTakeFirst();
    if (!found || found.finished_at) return undefined;
    const before = found.attempt > 0 ? found : await lastStartedBefore(trx, found);
    const change = {
      state: "running",
      attempt: found.attempt + 1,
      host,
      started_at: found.started_at ?? new Date(),
    } as const;
    const lost_hosts = lostHosts(before);
    const columns = { ...change, lost_hosts: JSON.stringify(lost_hosts) };
    await trx.updateTable("operations").set(columns).where("id", "=", id).execute();
    const lastFailure = await lastFailureBefore(trx, found);
    const hadData = await hasWrittenBefore(trx, found);
    return { operation: { ...found, ...change, lost_hosts }, before, lastFailure, hadData };
  });
}

function lostHosts(before: Operation | undefined): string[] {
  if (!before || before.state === "succeeded") return [];
  const all = [...before.lost_hosts, ...(before.host === null ? [] : [before.host])];
  return [...new Set(all)].slice(-MOST_LOST_HOSTS);
}

async function lastFailureBefore(trx: Sql, operation: Operation): Promise<Cause | undefined> {
  const found = await trx
    .selectFrom("operations")
    .select("error")
    .where("deployment_id", "=", operation.deployment_id)
    .where("id", "<", operation.id)
    .where("kind", "not in", ["stop", "backup"])
    .orderBy("id", "desc")
    .limit(1)
    .executeTakeFirst();
  return found?.error ?? undefined;
}

async function hasWrittenBefore(trx: Sql, operation: Operation): Promise<boolean> {
  const found = await trx
    .selectFrom("operations")
    .select("id")
    .where("deployment_id", "=", operation.deployment_id)
    .where("id", "<", operation.id)
    // Before an activation only a restore writes data. Of the oldest operations there may be no record any more: each that
    // is left is of an activation before it.
    .where(
      "kind",
      operation.kind === "activate" ? "=" : "!=",
      operation.kind === "activate" ? "restore" : "prepare",
    )
    .where("started_at", "is not", null)
    .limit(1)
    .executeTakeFirst();
  return found !== undefined;
}

/** A backup that has succeeded says nothing of the stack: it has not touched it. */
async function lastStartedBefore(trx: Sql, operation: Operation): Promise<Operation | undefined> {
  return trx
    .selectFrom("operations")
    .selectAll()
    .where("deployment_id", "=", operation.deployment_id)
    .where("id", "<", operation.id)
    .where("started_at", "is not", null)
    .where((is) => is.not(is.and({ kind: "backup", state: "succeeded" })))
    .orderBy("id", "desc")
    .limit(1)
    .executeTakeFirst();
}

/** What has become of an attempt: still the one that counts, asked to be cancelled, or overtaken by another one. */
export async function standing(
  sql: Sql,
  { id, attempt }: Pick<Operation, "id" | "attempt">,
): Promise<"held" | "cancelled" | "lost"> {
  const found = await findOperation(sql, id);
  if (!found || found.finished_at || found.attempt !== attempt) return "lost";
  return found.cancel_requested ? "cancelled" : "held";
}

/** How an operation ended. */
export type Ending =
  | { readonly state: "succeeded"; readonly outputs: object | null }
  | {
      readonly state: "failed";
      readonly cause: Cause;
      readonly back?: Back;
      /** Whether the stack, and what it has made, is as it was before. */
      readonly isUntouched?: boolean;
    }
  | { readonly state: "cancelled" };

/** Where a failed operation has left its deployment, or brought it back to. */
interface Back {
  readonly status: Status;
  /** Of the stack, if it was touched. */
  readonly outputs?: AssistantOutputs;
}

/** Which of these backups are being restored, and into which deployments. */
export async function listRestored(trx: Sql, ids: readonly string[]) {
  return trx
    .selectFrom("operations")
    .select(["backup_id as id", "deployment_id"])
    .where("kind", "=", "restore")
    .where("state", "in", LIVE)
    .where("backup_id", "in", ids)
    .execute();
}
