// Records of deployments. Every change of state goes through move(), which asserts the table of lifecycle.ts.
import type { Selectable, UpdateObject } from "kysely";
import { v7 as uuidv7 } from "uuid";
import type { DeploymentTable, Schema, Sql } from "./database.ts";
import { BerthError, notFound } from "./errors.ts";
import { type Call, invalidState, LIFECYCLE, type Status } from "./lifecycle.ts";
import { Secret, type SecretBox } from "./secret.ts";

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
  readonly callbackUrl?: string | null | undefined;
}

/** Creates an unpaid slot. */
export async function purchase(sql: Sql, apiMode: DeploymentTable["api_mode"]): Promise<Deployment> {
  return sql
    .insertInto("deployments")
    .values({ id: uuidv7(), status: "pending_payment", api_mode: apiMode, checkout_id: crypto.randomUUID() })
    .returningAll()
    .executeTakeFirstOrThrow();
}

/** @throws BerthError NOT_FOUND when it never existed or is deleted. */
export async function getDeployment(sql: Sql, id: string): Promise<Deployment> {
  const deployment = await findDeployment(sql, id);
  if (!deployment || deployment.status === "deleted") throw notFound();
  return deployment;
}

/** Deleted ones included: their status can still be asked for. */
export async function findDeployment(sql: Sql, id: string): Promise<Deployment | undefined> {
  return sql.selectFrom("deployments").selectAll().where("id", "=", id).executeTakeFirst();
}

/** The deployment that this checkout pays for. */
export async function findByCheckout(sql: Sql, checkoutId: string): Promise<Deployment | undefined> {
  return sql.selectFrom("deployments").selectAll().where("checkout_id", "=", checkoutId).executeTakeFirst();
}

/** Newest first. `cursor` is the id of the last one already seen. */
export async function listDeployments(
  sql: Sql,
  page: { readonly limit: number; readonly cursor?: string | undefined },
): Promise<{ deployments: Deployment[]; nextCursor: string | null }> {
  let query = sql.selectFrom("deployments").selectAll().where("status", "!=", "deleted");
  if (page.cursor) query = query.where("id", "<", page.cursor);
  const rows = await query
    .orderBy("id", "desc")
    .limit(page.limit + 1)
    .execute();
  const deployments = rows.slice(0, page.limit);
  return { deployments, nextCursor: rows.length > page.limit ? (deployments.at(-1)?.id ?? null) : null };
}

/**
 * Makes the transition of `call`, or only the changes if the call has none, in one compare-and-set.
 * @throws BerthError INVALID_STATE or NOT_FOUND; nothing is changed then.
 */
export async function move(sql: Sql, id: string, call: Call, change: DeploymentChange): Promise<Deployment> {
  const legal: readonly Status[] = LIFECYCLE[call].from;
  const moved = await sql
    .updateTable("deployments")
    .set({ ...change, updated_at: new Date() })
    .where("id", "=", id)
    .where("status", "in", legal)
    .returningAll()
    .executeTakeFirst();
  if (moved) return moved;
  throw invalidState(call, (await getDeployment(sql, id)).status);
}

/** Checks the settings against the slot's mode and returns the change of the record, secrets sealed. */
export function settingsChange(
  box: SecretBox,
  deployment: Pick<Deployment, "id" | "api_mode">,
  settings: AssistantSettings,
): DeploymentChange {
  if (settings.modelApiKey !== undefined && deployment.api_mode !== "byok") {
    throw new BerthError(
      "INVALID_REQUEST",
      "This slot uses the operator's model keys; leave modelApiKey out.",
      [{ field: "modelApiKey", message: `not taken in apiMode ${deployment.api_mode}` }],
    );
  }
  const change: DeploymentChange = {};
  if (settings.name !== undefined) change.name = settings.name;
  if (settings.modelProvider !== undefined) change.model_provider = settings.modelProvider;
  if (settings.modelId !== undefined) change.model_id = settings.modelId;
  if (settings.callbackUrl !== undefined) change.callback_url = settings.callbackUrl;
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

/** The secret of a column, or undefined if it is not set. */
export function openColumn(box: SecretBox, deployment: Sealed, column: SecretColumn): Secret | undefined {
  const sealed = deployment[column];
  return sealed === null ? undefined : box.open(sealed, `${deployment.id}/${column}`);
}

export function sealColumn(box: SecretBox, id: string, column: SecretColumn, value: string): string {
  return box.seal(new Secret(value), `${id}/${column}`);
}

export type Redact = (text: string) => string;

/** Takes the deployment's secrets out of what others have written: as they are, and as they stand in a URL. */
export function redaction(box: SecretBox, deployment: Sealed): Redact {
  const secrets = SECRET_COLUMNS.flatMap((column) => {
    const value = openable(box, deployment, column)?.reveal();
    return value ? [value, encodeURIComponent(value)] : [];
  });
  return (text) => secrets.reduce((redacted, secret) => redacted.replaceAll(secret, "[REDACTED]"), text);
}

/** One that can't be opened has not been given to anybody; what is to be said must be said without it. */
function openable(box: SecretBox, deployment: Sealed, column: SecretColumn): Secret | undefined {
  try {
    return openColumn(box, deployment, column);
  } catch {
    return undefined;
  }
}
