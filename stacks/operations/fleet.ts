// All deployments of all accounts, for the operator alone.
import type { Sql } from "../database/database.ts";
import { cutPage, type Page } from "../database/pages.ts";
import type { Deployment, DeploymentChange } from "../deployments/deployments.ts";
import { notFound } from "../errors.ts";
import { acceptIn } from "./accept.ts";
import type { Intake } from "./enqueue.ts";
import { joinedOperation, type Operation, operationIn } from "./operations.ts";

export interface FleetRow {
  readonly id: string;
  /** Name of the account that owns it. */
  readonly account: string;
  readonly deployment: Deployment;
  /** The latest one. */
  readonly operation: Operation | undefined;
}

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
    .select(joinedOperation)
    .where("status", "!=", "deleted");
}

type Row = Awaited<ReturnType<ReturnType<typeof rows>["execute"]>>[number];

function asFleetRow({ account, operation, ...deployment }: Row): FleetRow {
  return { id: deployment.id, account, deployment, operation: operationIn(operation) };
}
