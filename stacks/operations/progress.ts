// Operations with what they are at, in a sentence for people: the newest entry of each one's log.
import { sql as raw } from "kysely";
import type { Sql } from "../database/database.ts";
import type { OperationEvent } from "./operation-log.ts";
import { LIVE, type Operation } from "./operations.ts";

export interface Progress {
  readonly operation: Operation;
  readonly accountId: string;
  /** Name of the account that owns its deployment. */
  readonly account: string;
  /** Of the deployment. */
  readonly name: string | null;
  /** Null as long as nothing has been done. */
  readonly sentence: string | null;
}

/** Those of these ids that are there. @param accountIds whose; everybody's if undefined */
export async function readProgress(
  sql: Sql,
  ids: readonly string[],
  accountIds: readonly string[] | undefined,
): Promise<Progress[]> {
  let query = rows(sql).where("operations.id", "in", ids);
  if (accountIds) query = query.where("deployments.account_id", "in", accountIds);
  return (await query.execute()).map(asProgress);
}

/** What waits or is being carried out, oldest first. @param accountId whose; everybody's if undefined */
export async function listLive(sql: Sql, accountId: string | undefined, most: number): Promise<Progress[]> {
  let query = rows(sql).where("operations.state", "in", LIVE);
  if (accountId !== undefined) query = query.where("deployments.account_id", "=", accountId);
  return (await query.orderBy("operations.id").limit(most).execute()).map(asProgress);
}

function rows(sql: Sql) {
  return sql
    .selectFrom("operations")
    .innerJoin("deployments", "deployments.id", "operations.deployment_id")
    .innerJoin("accounts", "accounts.id", "deployments.account_id")
    .selectAll("operations")
    .select(["deployments.account_id", "deployments.name", "accounts.name as account"])
    .select(
      raw<OperationEvent | null>`(select event from operation_events
        where operation_id = operations.id order by sequence desc limit 1)`.as("event"),
    );
}

type Row = Awaited<ReturnType<ReturnType<typeof rows>["execute"]>>[number];

function asProgress({ account_id: accountId, account, name, event, ...operation }: Row): Progress {
  return { operation, accountId, account, name, sentence: event && sentenceOf(event) };
}

/** By the engine's name of what is done to a resource: while it is done, and afterwards. */
const DEEDS: Readonly<Record<string, readonly [string, string]>> = {
  create: ["Making", "Made"],
  "create-replacement": ["Making", "Made"],
  update: ["Changing", "Changed"],
  replace: ["Replacing", "Replaced"],
  delete: ["Removing", "Removed"],
  "delete-replaced": ["Removing", "Removed"],
  read: ["Reading", "Read"],
  refresh: ["Looking at", "Looked at"],
  same: ["Looking at", "Looked at"],
};
const LONGEST = 500;
/** What every target's stack has for the wait until the assistant is ready. */
const WAIT = "Command readiness";
const WAITING = {
  started: "Waiting until the assistant says that it is ready…",
  done: "The assistant is ready.",
  failed: "The assistant has not become ready.",
} as const;

/** An entry of an operation's log in a sentence, e.g. `Making Container berth-1…`. @param longest of what Pulumi says itself */
export function sentenceOf(event: OperationEvent, longest = LONGEST): string {
  if (event.kind === "summary") return `Pulumi is done, after ${event.durationSeconds} s.`;
  if (event.kind === "diagnostic") return event.message.slice(0, longest);
  if (event.resource === WAIT && !event.op.startsWith("delete")) return WAITING[event.step];
  const [doing, done] = DEEDS[event.op] ?? [`Doing ${event.op} of`, `Done: ${event.op} of`];
  if (event.step === "failed") return `${doing} ${event.resource} has failed.`;
  return event.step === "started" ? `${doing} ${event.resource}…` : `${done} ${event.resource}.`;
}
