// Records of deployments. Every change of state goes through move(), which asserts the table of ../lifecycle.ts.
import { sql as raw, type Selectable, type UpdateObject } from "kysely";
import { v7 as uuidv7 } from "uuid";
import { counted } from "../../infra/sentences.ts";
import type { Sql } from "../database/database.ts";
import type { DeploymentTable } from "../database/deployment-table.ts";
import type { Schema } from "../database/schema.ts";
import { BerthError, notFound } from "../errors.ts";
import {
  type Call,
  ENDED_PAYMENTS,
  invalidState,
  isEnded,
  LIFECYCLE,
  needsPayment,
  paymentEnded,
  type Status,
} from "../lifecycle.ts";

export type Deployment = Selectable<DeploymentTable>;
export type DeploymentChange = UpdateObject<Schema, "deployments">;

export interface SlotWanted {
  readonly accountId: string;
  readonly apiMode: DeploymentTable["api_mode"];
  /** Where it is to live; where new slots go if absent. */
  readonly place?: { readonly target: string; readonly region: string | null };
  /** How many deployments the account may have that are not deleted; 0 is no limit. */
  readonly maxLive: number;
}

/**
 * Creates an unpaid slot of the account.
 * @throws BerthError LIMIT_REACHED
 */
export async function createSlot(
  sql: Sql,
  { accountId, apiMode, place, maxLive }: SlotWanted,
): Promise<Deployment> {
  return sql.transaction().execute(async (trx) => {
    if (maxLive > 0) await requireRoom(trx, accountId, maxLive);
    return trx
      .insertInto("deployments")
      .values({
        id: uuidv7(),
        account_id: accountId,
        status: "pending_payment",
        api_mode: apiMode,
        ...place,
        checkout_id: crypto.randomUUID(),
      })
      .returningAll()
      .executeTakeFirstOrThrow();
  });
}

/** Who buys for the same account meanwhile waits, so that the count holds. */
async function requireRoom(trx: Sql, accountId: string, maxLive: number): Promise<void> {
  await trx.selectFrom("accounts").select("id").where("id", "=", accountId).forUpdate().execute();
  const { count } = await trx
    .selectFrom("deployments")
    .select(({ fn }) => fn.countAll<string>().as("count"))
    .where("account_id", "=", accountId)
    .where("status", "!=", "deleted")
    .executeTakeFirstOrThrow();
  if (Number(count) < maxLive) return;
  throw new BerthError(
    "LIMIT_REACHED",
    `The account has ${counted(Number(count), "deployment")}, and may have ${maxLive}. No slot was created; delete one first.`,
  );
}

/** Removes a slot that was reported to nobody. */
export async function removeSlot(sql: Sql, id: string): Promise<void> {
  await sql.deleteFrom("deployments").where("id", "=", id).where("status", "=", "pending_payment").execute();
}

/** @throws BerthError NOT_FOUND when the account has none with this id, or it is deleted. */
export async function getDeployment(sql: Sql, accountId: string, id: string): Promise<Deployment> {
  const deployment = await sql
    .selectFrom("deployments")
    .selectAll()
    .where("id", "=", id)
    .where("account_id", "=", accountId)
    .where("status", "!=", "deleted")
    .executeTakeFirst();
  if (!deployment) throw notFound();
  return deployment;
}

/** Of any account, deleted or not: for work on its own operations, never for a caller. */
export async function findDeployment(sql: Sql, id: string): Promise<Deployment | undefined> {
  return sql.selectFrom("deployments").selectAll().where("id", "=", id).executeTakeFirst();
}

/** The deployment that this checkout pays for. */
export async function findByCheckout(sql: Sql, checkoutId: string): Promise<Deployment | undefined> {
  return sql.selectFrom("deployments").selectAll().where("checkout_id", "=", checkoutId).executeTakeFirst();
}

/** The same, locked: who pays by it at the same time waits. */
export async function lockByCheckout(trx: Sql, checkoutId: string): Promise<Deployment | undefined> {
  const found = trx.selectFrom("deployments").selectAll().where("checkout_id", "=", checkoutId);
  return found.forUpdate().executeTakeFirst();
}

/** A transition of a deployment's state: by which call, of which deployment, and what is written with it. */
export interface Transition {
  readonly accountId: string;
  readonly id: string;
  readonly call: Call;
  readonly change: DeploymentChange;
}

/**
 * Makes the transition of `call`, or only the changes if the call has none, in one compare-and-set.
 * @throws BerthError INVALID_STATE or NOT_FOUND; nothing is changed then.
 */
export async function move(sql: Sql, { accountId, id, call, change }: Transition): Promise<Deployment> {
  const legal: readonly Status[] = LIFECYCLE[call].from;
  const from = "during" in LIFECYCLE[call] ? { status_before: raw<Status>`status` } : {};
  let update = sql
    .updateTable("deployments")
    .set({ ...change, ...from, updated_at: new Date() })
    .where("id", "=", id)
    .where("account_id", "=", accountId)
    .where("status", "in", legal);
  if (needsPayment(call)) update = update.where("payment", "not in", ENDED_PAYMENTS);
  const moved = await update.returningAll().executeTakeFirst();
  if (moved) return moved;
  const { status, payment } = await getDeployment(sql, accountId, id);
  if (needsPayment(call) && isEnded(payment) && legal.includes(status)) throw paymentEnded(call, status);
  throw invalidState(call, status);
}
