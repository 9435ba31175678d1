// One Telegram bot drives one assistant: of two that read its messages, both go silent. The database's unique index
// decides between those who ask at the same time.
import type { Logger } from "pino";
import type { Sql } from "./database.ts";
import { type Deployment, openColumn } from "./deployments.ts";
import { BerthError } from "./errors.ts";
import type { SecretBox } from "./secret.ts";

type Claimant = Pick<Deployment, "id" | "account_id">;

/** What has failed may be running, too. */
const DRIVING = ["deploying", "active", "failed"] as const;
const UNIQUE_VIOLATION = "23505";

/** A token begins with its bot's id. */
export function botOf(telegramBotToken: string): string | null {
  return telegramBotToken.split(":")[0] || null;
}

/**
 * Notes which bot the deployment is about to drive. Call it inside the transaction that brings it up.
 * @throws BerthError BOT_IN_USE; the transaction can't go on then
 */
export async function claimBot(trx: Sql, box: SecretBox, deployment: Deployment): Promise<void> {
  const bot_id = botOf(openColumn(box, deployment, "telegram_bot_token")?.reveal() ?? "");
  if (bot_id === null || bot_id === deployment.bot_id) return;
  await requireFreeBot(trx, deployment, bot_id);
  await trx
    .updateTable("deployments")
    .set({ bot_id })
    .where("id", "=", deployment.id)
    .execute()
    .catch((error: { readonly code?: unknown }) => {
      throw error.code === UNIQUE_VIOLATION ? botInUse("another deployment") : error;
    });
}

/** @throws BerthError BOT_IN_USE, which names the other deployment only to the account that owns it */
export async function requireFreeBot(
  sql: Sql,
  { id, account_id }: Claimant,
  botId: string | null,
): Promise<void> {
  const other = await sql
    .selectFrom("deployments")
    .select(["id", "account_id"])
    .where("bot_id", "=", botId)
    .where("id", "!=", id)
    .executeTakeFirst();
  if (other)
    throw botInUse(other.account_id === account_id ? `deployment ${other.id}` : "another deployment");
}

/**
 * Notes the bots of deployments that were brought up by a version that did not do so. One whose bot another has already
 * stays without: both are running, and to choose between them is the operator's.
 */
export async function claimUnclaimedBots(
  { sql, box }: { readonly sql: Sql; readonly box: SecretBox },
  log: Logger,
): Promise<void> {
  const unclaimed = (from: Sql) =>
    from
      .selectFrom("deployments")
      .selectAll()
      .where("status", "in", DRIVING)
      .where("bot_id", "is", null)
      .where("telegram_bot_token", "is not", null)
      .orderBy("id");
  for (const { id } of await unclaimed(sql).execute()) {
    const claim = sql.transaction().execute(async (trx) => {
      const found = await unclaimed(trx).where("id", "=", id).forUpdate().executeTakeFirst();
      if (found) await claimBot(trx, box, found);
    });
    await claim.catch((error: unknown) =>
      log.warn({ err: error, deployment: id }, "the bot of a running assistant could not be noted"),
    );
  }
}

function botInUse(who: string): BerthError {
  return new BerthError(
    "BOT_IN_USE",
    `This Telegram bot is driven by ${who}: with two, both would go silent. Nothing was changed; take another bot, or stop or delete the other deployment first.`,
  );
}
