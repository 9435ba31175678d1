// Taking back a change of an active assistant's settings that the assistant has refused: its record then says again what is
// in force.
import type { Sql } from "./database.ts";
import type { Deployment, DeploymentChange } from "./deployments.ts";
import { isLive, type Operation } from "./operations.ts";
import type { Reverts } from "./schema.ts";

/** The columns that an assistant is made from, and those of the bot's claim. */
const COLUMNS = [
  "model_provider",
  "model_id",
  "model_api_key",
  "telegram_bot_token",
  "allow_from",
  "bot_id",
] as const satisfies (keyof Deployment)[];

/** Whether a change is one of what the assistant itself is made from. */
export function changesAssistant(change: DeploymentChange): boolean {
  return COLUMNS.some((column) => column in change);
}

/** What takes a change back that is about to be made. @param latest the deployment's operation */
export function revertsOf(before: Deployment, latest: Operation | undefined): Reverts {
  const columns = Object.fromEntries(COLUMNS.map((column) => [column, before[column]]));
  const isUnsure = latest?.kind === "patch" && latest.reverts && isLive(latest);
  return {
    columns,
    after: isUnsure && latest.reverts ? { operationId: latest.id, reverts: latest.reverts } : null,
  };
}

/** The change of the record that takes an operation's change back; none if it has made none. */
export async function columnsBefore(
  trx: Sql,
  { reverts, deployment_id }: Operation,
): Promise<DeploymentChange> {
  if (!reverts) return {};
  const { allow_from, bot_id, ...columns } = await resolve(trx, reverts);
  // Somebody else may have taken the former bot meanwhile.
  const holder = await trx
    .selectFrom("deployments")
    .select("id")
    .where("bot_id", "=", String(bot_id))
    .where("id", "!=", deployment_id)
    .executeTakeFirst();
  return {
    ...columns,
    allow_from: JSON.stringify(allow_from),
    bot_id: holder ? null : (bot_id as string | null),
  };
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
