// Taking back a change of an active assistant's settings that the assistant has refused: its record then says again what is
// in force.
import type { Sql } from "../database/database.ts";
import type { Reverts } from "../database/schema.ts";
import { NO_BOT } from "../deployments/bots.ts";
import type { Deployment, DeploymentChange } from "../deployments/deployments.ts";
import { LIVE, type Operation } from "./operations.ts";

/** The columns that an assistant is made from. */
const COLUMNS = [
  "model_provider",
  "model_id",
  "base_url",
  "model_api_key",
  "telegram_bot_token",
  "allow_from",
  "fallback_models",
] as const satisfies (keyof Deployment)[];

/** Whether a change is one of what the assistant itself is made from. */
export function changesAssistant(change: DeploymentChange): boolean {
  return COLUMNS.some((column) => column in change);
}

/** What takes a change back that is about to be made. Call it inside a transaction that has locked the deployment's row. */
export async function revertsOf(trx: Sql, before: Deployment): Promise<Reverts> {
  const columns = Object.fromEntries(COLUMNS.map((column) => [column, before[column]]));
  const bot = { bot_id: before.bot_id, bot_proven_at: before.bot_proven_at?.toISOString() ?? null };
  const unsure = await patchesOf(trx, before.id).where("state", "in", LIVE).executeTakeFirst();
  const after = unsure?.reverts ? { operationId: unsure.id, reverts: unsure.reverts } : null;
  return { columns: { ...columns, ...bot }, after };
}

/** The change of the record that takes an operation's change back. None if it has made none, or a later one knows of it. */
export async function columnsBefore(
  trx: Sql,
  { id, reverts, deployment_id }: Operation,
): Promise<DeploymentChange> {
  if (!reverts || (await patchesOf(trx, deployment_id).where("id", ">", id).executeTakeFirst())) return {};
  const { allow_from, fallback_models, bot_id, bot_proven_at, ...columns } = await resolve(trx, reverts);
  // Somebody else may have taken the former bot meanwhile.
  const holder = await trx
    .selectFrom("deployments")
    .select("id")
    .where("bot_id", "=", String(bot_id))
    .where("id", "!=", deployment_id)
    .executeTakeFirst();
  const bot = {
    bot_id: bot_id as string | null,
    bot_proven_at: bot_proven_at ? new Date(bot_proven_at as string) : null,
  };
  const lists = {
    allow_from: JSON.stringify(allow_from),
    ...(fallback_models !== undefined && {
      fallback_models: fallback_models && JSON.stringify(fallback_models),
    }),
  };
  return { ...columns, ...lists, ...(holder ? NO_BOT : bot) };
}

/** Newest first. */
function patchesOf(trx: Sql, deploymentId: string) {
  return trx
    .selectFrom("operations")
    .select(["id", "reverts"])
    .where("deployment_id", "=", deploymentId)
    .where("kind", "=", "patch")
    .orderBy("id", "desc")
    .limit(1);
}

async function resolve(trx: Sql, { columns, after }: Reverts): Promise<Reverts["columns"]> {
  if (!after) return columns;
  const earlier = await trx
    .selectFrom("operations")
    .select("state")
    .where("id", "=", after.operationId)
    .executeTakeFirst();
  return earlier?.state === "succeeded" ? columns : resolve(trx, after.reverts);
}
