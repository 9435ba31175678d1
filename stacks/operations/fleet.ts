// All deployments of all accounts, for the operator alone.
import type { Sql } from "../database/database.ts";
import { cutPage, type Page } from "../database/pages.ts";
import type { Deployment, DeploymentChange } from "../deployments/deployments.ts";
import { notFound } from "../errors.ts";
import { acceptIn } from "./accept.ts";
import type { Intake } from "./enqueue.ts";
import type { Operation } from "./operations.ts";

export interface FleetRow {
  readonly id: string;
  /** Name of the account that owns it. */
  readonly account: string;
  readonly deployment: Deployment;
  readonly operation: LatestOperation | undefined;
}

export type LatestOperation = Pick<
  Operation,
  "id" | "kind" | "state" | "error" | "created_at" | "started_at" | "finished_at"
>;

/** Newest first, without the deleted ones. */
export async function listFleet(
  sql: Sql,
  page: Page,
): Promise<{ rows: FleetRow[]; nextCursor: string | null }> {
  const query = page.cursor ? rows(sql).where("deployments.id", "<", page.cursor) : rows(sql);
  const found = await query
    .orderBy("deployments.id", "desc")
    .limit(page.limit + 1)
    .execute();
  return cutPage(found.map(asFleetRow), page);
}

/** @throws BerthError NOT_FOUND */
export async function getFromFleet(sql: Sql, id: string): Promise<FleetRow> {
  const found = await rows(sql).where("deployments.id", "=", id).executeTakeFirst();
  if (!found) throw notFound();
  return asFleetRow(found);
}

/**
 * Accepts a redeploy for the operator, whoever's deployment it is.
 * @throws BerthError NOT_FOUND or INVALID_STATE
 */
export async function requestUpgrade(
  intake: Intake,
  requestId: string | null,
  id: string,
  change: DeploymentChange,
): Promise<Operation> {
  const { account_id: accountId } = (await getFromFleet(intake.sql, id)).deployment;
  const accepted = { by: { accountId, requestId }, deploymentId: id, call: "upgrade", change } as const;
  return intake.sql.transaction().execute((trx) => acceptIn(intake, trx, accepted));
}

/** In one statement: of two, the second could know of an end that the first has not seen. */
function rows(sql: Sql) {
  return sql
    .selectFrom("deployments")
    .innerJoin("accounts", "accounts.id", "deployments.account_id")
    .leftJoin("operations", "operations.id", "deployments.operation_id")
    .selectAll("deployments")
    .select("accounts.name as account")
    .select(["kind", "state", "error", "started_at", "finished_at"])
    .select("operations.created_at as requested_at")
    .where("status", "!=", "deleted");
}

type Row = Awaited<ReturnType<ReturnType<typeof rows>["execute"]>>[number];

function asFleetRow({
  account,
  kind,
  state,
  error,
  started_at,
  finished_at,
  requested_at,
  ...deployment
}: Row): FleetRow {
  const { id, operation_id } = deployment;
  if (!operation_id || !kind || !state || !requested_at)
    return { id, account, deployment, operation: undefined };
  const operation = {
    id: operation_id,
    kind,
    state,
    error,
    created_at: requested_at,
    started_at,
    finished_at,
  };
  return { id, account, deployment, operation };
}
