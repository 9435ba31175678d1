// One Telegram bot drives one assistant: of two that read its messages, both go silent. The database's unique index
// decides between those who ask at the same time.
import { sql as raw } from "kysely";
import type { Logger } from "pino";
import { type BotVerdict, botOf } from "../../infra/assistant/telegram-api.ts";
import type { Sql } from "../database/database.ts";
import { BerthError } from "../errors.ts";
import type { SecretBox } from "../secret.ts";
import { type BotCheck, findHolder } from "./bot-check.ts";
import type { Deployment, DeploymentChange } from "./deployments.ts";
import { openColumn } from "./secret-columns.ts";

type Claimant = Pick<Deployment, "id" | "account_id">;

/** What has failed may be running, too. */
const DRIVING = ["deploying", "active", "failed"] as const;
const UNIQUE_VIOLATION = "23505";

/** What becomes of a record whose bot is anybody's again. */
export const NO_BOT = { bot_id: null, bot_proven_at: null };

/**
 * Notes which bot the deployment is about to drive. Call it inside the transaction that brings it up.
 * @returns the id of the deployment that has lost the bot to it
 * @throws BerthError BOT_IN_USE; the transaction can't go on then
 */
export async function claimBot(
  trx: Sql,
  box: SecretBox,
  deployment: Deployment,
  check?: BotCheck,
): Promise<string | undefined> {
  const token = openColumn(box, deployment, "telegram_bot_token")?.reveal() ?? "";
  const bot_id = botOf(token);
  if (bot_id === null) return undefined;
  // A PATCH may have stored another token since Telegram was asked.
  const asked = check?.token.reveal() === token ? check : undefined;
  const claim = trx.updateTable("deployments").where("id", "=", deployment.id);
  if (bot_id === deployment.bot_id) {
    if (asked?.verdict === "accepted") await claim.set(proofOf(asked)).execute();
    return undefined;
  }
  const loser = asked?.loser && (await takeBot(trx, asked.loser));
  await requireFreeBot(trx, deployment, bot_id, asked);
  await claim
    .set({ bot_id, bot_proven_at: asked?.verdict === "accepted" ? new Date() : null })
    .execute()
    .catch((error: { readonly code?: unknown }) => {
      throw error.code === UNIQUE_VIOLATION ? botInUse("another deployment") : error;
    });
  return loser;
}

/** The deployment that holds the bot is proven from now on; another one is checked when it claims the bot. */
export function proofOf({ token, verdict }: BotCheck): DeploymentChange {
  if (verdict !== "accepted") return {};
  const botId = botOf(token.reveal());
  return { bot_proven_at: raw<Date>`case when bot_id = ${botId} then now() else bot_proven_at end` };
}

/** @throws BerthError BOT_IN_USE, which names the other deployment only to the account that owns it */
export async function requireFreeBot(
  sql: Sql,
  { id, account_id }: Claimant,
  botId: string | null,
  check: BotCheck | undefined,
): Promise<void> {
  const other = await findHolder(sql, id, botId);
  if (!other || other.id === check?.loser?.id) return;
  const isOwn = other.account_id === account_id;
  const advice = check && !(isOwn && check.verdict === "accepted") ? ADVICE[check.verdict] : "";
  throw botInUse(isOwn ? `deployment ${other.id}` : "another deployment", advice);
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

/** Unless it has got another token, or a proof, since Telegram was asked. */
async function takeBot(trx: Sql, loser: Deployment): Promise<string | undefined> {
  let update = trx
    .updateTable("deployments")
    .set(NO_BOT)
    .where("id", "=", loser.id)
    .where("bot_id", "=", loser.bot_id)
    .where("telegram_bot_token", "=", loser.telegram_bot_token);
  if (loser.bot_proven_at === null) update = update.where("bot_proven_at", "is", null);
  return (await update.returning("id").executeTakeFirst())?.id;
}

/** What to do besides, by what Telegram says of the caller's own token. */
const ADVICE: Readonly<Record<BotVerdict, string>> = {
  accepted:
    " If the bot is yours, somebody else has its token: renew it in @BotFather (/revoke), and send the new one.",
  refused: " Telegram refuses the token of this deployment: PATCH telegramBotToken.",
  "no answer":
    " Telegram did not answer whether this deployment's token is right: if it is, try again in a moment.",
};

function botInUse(who: string, advice = ""): BerthError {
  return new BerthError(
    "BOT_IN_USE",
    `This Telegram bot is driven by ${who}: with two, both would go silent. Nothing was changed; take another bot, or stop or delete the other deployment first.${advice}`,
  );
}
