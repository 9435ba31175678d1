// Records of deployments. Every change of state goes through move(), which asserts the table of lifecycle.ts.
import { sql as raw, type Selectable, type UpdateObject } from "kysely";
import { v7 as uuidv7 } from "uuid";
import { keyOwner } from "../../infra/assistant/openclaw.ts";
import type { Sql } from "../database/database.ts";
import type { DeploymentTable } from "../database/deployment-table.ts";
import { cutPage, type Page } from "../database/pages.ts";
import type { Schema } from "../database/schema.ts";
import { BerthError, notFound } from "../errors.ts";
import {
  type Call,
  ENDED_PAYMENTS,
  invalidState,
  isEnded,
  LIFECYCLE,
  paymentEnded,
  type Status,
} from "../lifecycle.ts";
import { Secret, type SecretBox } from "../secret.ts";
import type { StackSettings } from "../settings.ts";

export type Deployment = Selectable<DeploymentTable>;
export type DeploymentChange = UpdateObject<Schema, "deployments">;
export const SECRET_COLUMNS = ["telegram_bot_token", "model_api_key", "gateway_token"] as const;
export type SecretColumn = (typeof SECRET_COLUMNS)[number];
type Sealed = Pick<Deployment, "id" | SecretColumn>;

/** The settings of an assistant, as activate and PATCH take them; what is absent stays as it is. */
export interface AssistantSettings {
  readonly name?: string | undefined;
  readonly modelProvider?: string | undefined;
  readonly modelId?: string | undefined;
  readonly telegramBotToken?: string | undefined;
  readonly modelApiKey?: string | undefined;
  readonly allowFrom?: readonly string[] | undefined;
  readonly callbackUrl?: string | null | undefined;
}

export interface SlotWanted {
  readonly accountId: string;
  readonly apiMode: DeploymentTable["api_mode"];
  /** Of AWS, for its life. */
  readonly region?: string | null;
  /** How many deployments the account may have that are not deleted; 0 is no limit. */
  readonly maxLive: number;
}

/**
 * Creates an unpaid slot of the account.
 * @throws BerthError LIMIT_REACHED
 */
export async function createSlot(
  sql: Sql,
  { accountId, apiMode, region, maxLive }: SlotWanted,
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
        region: region ?? null,
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
    `The account has ${count} deployments, and may have ${maxLive}. No slot was created; delete one first.`,
  );
}

/** Removes a slot that nobody was told of. */
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

/** Whoever it belongs to, deleted or not: for work on its own operations, never for a caller. */
export async function findDeployment(sql: Sql, id: string): Promise<Deployment | undefined> {
  return sql.selectFrom("deployments").selectAll().where("id", "=", id).executeTakeFirst();
}

/** The deployment that this checkout pays for. */
export async function findByCheckout(sql: Sql, checkoutId: string): Promise<Deployment | undefined> {
  return sql.selectFrom("deployments").selectAll().where("checkout_id", "=", checkoutId).executeTakeFirst();
}

/** The account's own, newest first. */
export async function listDeployments(
  sql: Sql,
  accountId: string,
  page: Page,
): Promise<{ rows: Deployment[]; nextCursor: string | null }> {
  let query = sql
    .selectFrom("deployments")
    .selectAll()
    .where("account_id", "=", accountId)
    .where("status", "!=", "deleted");
  if (page.cursor) query = query.where("id", "<", page.cursor);
  const found = await query
    .orderBy("id", "desc")
    .limit(page.limit + 1)
    .execute();
  return cutPage(found, page);
}

/**
 * Makes the transition of `call`, or only the changes if the call has none, in one compare-and-set.
 * @throws BerthError INVALID_STATE or NOT_FOUND; nothing is changed then.
 */
export async function move(
  sql: Sql,
  accountId: string,
  id: string,
  call: Call,
  change: DeploymentChange,
): Promise<Deployment> {
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

function needsPayment(call: Call): boolean {
  return "needsPayment" in LIFECYCLE[call];
}

/** Checks the settings against the slot's mode and returns the change of the record, secrets sealed. */
export function settingsChange(
  {
    box,
    settings: { modelKeys },
  }: { readonly box: SecretBox; readonly settings: Pick<StackSettings, "modelKeys"> },
  deployment: Pick<Deployment, "id" | "api_mode" | "model_provider">,
  settings: AssistantSettings,
): DeploymentChange {
  if (settings.modelApiKey !== undefined && deployment.api_mode !== "byok") {
    throw new BerthError(
      "INVALID_REQUEST",
      "This slot uses the operator's model keys; leave modelApiKey out.",
      [{ field: "modelApiKey", message: `not taken in apiMode ${deployment.api_mode}` }],
    );
  }
  const { modelProvider } = settings;
  if (
    modelProvider !== undefined &&
    deployment.api_mode !== "byok" &&
    !Object.hasOwn(modelKeys, modelProvider)
  ) {
    const available = Object.keys(modelKeys).join(", ") || "none yet: ask the operator";
    throw new BerthError(
      "INVALID_REQUEST",
      `This slot uses the operator's model keys, and there is none for ${modelProvider}. Nothing was changed.`,
      [{ field: "modelProvider", message: `available: ${available}` }],
    );
  }
  assertOwnKey(modelProvider ?? deployment.model_provider, settings.modelApiKey);
  const change: DeploymentChange = {};
  if (settings.name !== undefined) change.name = settings.name;
  if (settings.modelProvider !== undefined) change.model_provider = settings.modelProvider;
  if (settings.modelId !== undefined) change.model_id = settings.modelId;
  if (settings.allowFrom !== undefined) change.allow_from = JSON.stringify(settings.allowFrom);
  if (settings.callbackUrl !== undefined) {
    change.callback_url = settings.callbackUrl;
    change.callback_disabled_at = null;
  }
  if (settings.telegramBotToken !== undefined) {
    change.telegram_bot_token = sealColumn(
      box,
      deployment.id,
      "telegram_bot_token",
      settings.telegramBotToken,
    );
  }
  if (settings.modelApiKey !== undefined) {
    change.model_api_key = sealColumn(box, deployment.id, "model_api_key", settings.modelApiKey);
  }
  return change;
}

/** @throws BerthError INVALID_REQUEST for a key that is another provider's by its first letters. */
function assertOwnKey(modelProvider: string | null, modelApiKey: string | undefined): void {
  const owner = modelApiKey && keyOwner(modelApiKey);
  if (!owner || owner === modelProvider) return;
  throw new BerthError(
    "INVALID_REQUEST",
    `The model key is one of ${owner}, and modelProvider is ${modelProvider}. Nothing was changed; send both in one call.`,
    [{ field: "modelApiKey", message: `is a key of ${owner}, not of ${modelProvider}` }],
  );
}

/** The secret of a column, or undefined if it is not set. */
export function openColumn(box: SecretBox, deployment: Sealed, column: SecretColumn): Secret | undefined {
  const sealed = deployment[column];
  return sealed === null ? undefined : box.open(sealed, `${deployment.id}/${column}`);
}

export function sealColumn(box: SecretBox, id: string, column: SecretColumn, value: string): string {
  return box.seal(new Secret(value), `${id}/${column}`);
}
