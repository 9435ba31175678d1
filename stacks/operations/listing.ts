// Deployments as lists show them: with their latest operation and what they have spent, in one statement for a page.
import { sql as raw, type Selectable } from "kysely";
import type { Sql } from "../database/database.ts";
import type { ModelSpendTable } from "../database/model-usage-tables.ts";
import { cutPage, type Page } from "../database/pages.ts";
import type { Condition } from "../deployments/behind.ts";
import type { Deployment } from "../deployments/deployments.ts";
import type { Status } from "../lifecycle.ts";
import { joinedOperation, type Operation, operationIn } from "./operations.ts";

export interface Listed {
  readonly id: string;
  /** Name of the account that owns it. */
  readonly account: string;
  readonly deployment: Deployment;
  /** The latest one. */
  readonly operation: Operation | undefined;
  /** Null if it has not asked a model yet. */
  readonly spend: Selectable<ModelSpendTable> | null;
}

export interface Filter {
  /** A part of its name, model or bot, or the beginning of its id; upper and lower case are the same. */
  readonly search?: string | undefined;
  /** All of them if it is left out. */
  readonly status?: readonly Status[] | undefined;
  /** Those alone that were seen otherwise than they should be. */
  readonly drift?: boolean | undefined;
  /** Those alone of which that is so. */
  readonly only?: Condition | undefined;
}

/** Newest first, without the deleted ones. @param accountId whose; everybody's if it is undefined */
export async function listDeployments(
  sql: Sql,
  accountId: string | undefined,
  filter: Filter,
  page: Page,
): Promise<{ rows: Listed[]; nextCursor: string | null }> {
  // As an array they are found first, by an index alone: joined, all that match would be read and sorted.
  const found = await rows(sql)
    .where("deployments.id", "=", raw<string>`any(array(${idsOf(accountId, filter, page)}))`)
    .orderBy("deployments.id", "desc")
    .execute();
  return cutPage(found.map(asListed), page);
}

/** Of a page and the row after it. Of some statuses the newest of each, of which the newest: an index has each in order. */
function idsOf(accountId: string | undefined, { status, ...narrowing }: Filter, { limit, cursor }: Page) {
  const newest = raw`order by id desc limit ${limit + 1}`;
  const after = cursor ? raw<boolean>`deployments.id < ${cursor}` : raw<boolean>`true`;
  const matching = raw`select id from deployments where ${matches(accountId, narrowing)} and ${after}`;
  if (!status) return raw`${matching} ${newest}`;
  return raw`select found.id from unnest(${[...new Set(status)]}::text[]) as wanted(status)
    cross join lateral (${matching} and deployments.status = wanted.status ${newest}) as found ${newest}`;
}

/** How many there are in each status that any is in, without the deleted ones. */
export async function countByStatus(
  sql: Sql,
  accountId: string | undefined,
  filter: Filter,
): Promise<ReadonlyMap<Status, number>> {
  const found = await sql
    .selectFrom("deployments")
    .select(({ fn }) => ["status", fn.countAll<string>().as("count")])
    .where(matches(accountId, filter))
    .groupBy("status")
    .execute();
  return new Map(found.map(({ status, count }) => [status, Number(count)]));
}

/** These, deleted ones included. @param accountIds whose; everybody's if undefined */
export async function readListed(
  sql: Sql,
  ids: readonly string[],
  accountIds?: readonly string[],
): Promise<Listed[]> {
  let query = rows(sql).where("deployments.id", "in", ids);
  if (accountIds) query = query.where("deployments.account_id", "in", accountIds);
  return (await query.execute()).map(asListed);
}

/** In one statement: of two, the second could know of an end that the first has not seen. */
function rows(sql: Sql) {
  return sql
    .selectFrom("deployments")
    .innerJoin("accounts", "accounts.id", "deployments.account_id")
    .leftJoin("operations", "operations.id", "deployments.operation_id")
    .leftJoin("model_spend", "model_spend.deployment_id", "deployments.id")
    .selectAll("deployments")
    .select("accounts.name as account")
    .select(joinedOperation)
    .select(raw<Listed["spend"]>`to_jsonb(model_spend)`.as("spend"));
}

type Row = Awaited<ReturnType<ReturnType<typeof rows>["execute"]>>[number];

function asListed({ account, operation, spend, ...deployment }: Row): Listed {
  return { id: deployment.id, account, deployment, operation: operationIn(operation), spend };
}

/** As a status reports drift. */
const HAS_DRIFT = raw`deployments.status in ('active', 'stopped')
  and (deployments.seen is not null or deployments.outputs->>'status' is distinct from deployments.status)`;

function matches(accountId: string | undefined, { search, status, drift, only }: Filter) {
  const parts = [raw<boolean>`deployments.status <> 'deleted'`];
  if (accountId !== undefined) parts.push(raw<boolean>`deployments.account_id = ${accountId}`);
  if (status) parts.push(raw<boolean>`deployments.status = any(${[...status]}::text[])`);
  if (drift) parts.push(raw<boolean>`(${HAS_DRIFT})`);
  if (only) parts.push(only);
  if (search !== undefined) parts.push(isFound(search));
  return raw<boolean>`${raw.join(parts, raw` and `)}`;
}

/** By position, not by pattern: what is searched for has no special characters. */
function isFound(search: string) {
  const text = raw`concat_ws(' ', deployments.name, deployments.model_provider || '/' || deployments.model_id, deployments.bot_id)`;
  return raw<boolean>`(strpos(berth_lower(${text}), berth_lower(${search})) > 0
    or starts_with(deployments.id::text, lower(${search})))`;
}
