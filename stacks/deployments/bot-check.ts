// Whose a bot is: of the deployment whose token Telegram accepts. Ids of bots are public, tokens can be made up. Telegram
// is asked before a transaction, never inside one.
import { askTelegram, type BotVerdict, botOf } from "../../infra/assistant/telegram-api.ts";
import type { Sql } from "../database/database.ts";
import { BerthError } from "../errors.ts";
import { Secret, type SecretBox } from "../secret.ts";
import type { Deployment } from "./deployments.ts";
import { openColumn, readColumn } from "./secret-columns.ts";

export interface BotParts {
  readonly sql: Sql;
  readonly box: SecretBox;
  /** Where Telegram's API is; undefined if it is not to be asked. */
  readonly telegramApi: string | undefined;
}

/** What Telegram has said of a deployment's token, and of that of the bot's holder. */
export interface BotCheck {
  readonly token: Secret;
  readonly verdict: BotVerdict;
  /** The deployment that has to let the bot go, as it was when Telegram was asked. */
  readonly loser: Deployment | undefined;
}

/**
 * Asks about a token that a client has sent.
 * @returns undefined if Telegram is not to be asked
 * @throws BerthError INVALID_REQUEST when Telegram refuses it
 */
export async function checkNewToken(
  parts: BotParts,
  deploymentId: string,
  token: string,
): Promise<BotCheck | undefined> {
  const check = await checkBot(parts, deploymentId, new Secret(token));
  if (check?.verdict !== "refused") return check;
  throw new BerthError(
    "INVALID_REQUEST",
    "Telegram refuses this bot token. Nothing was changed; copy the token from @BotFather again.",
    [
      {
        field: "telegramBotToken",
        message:
          "Telegram refuses this token: it is mistyped, or it was revoked. In @BotFather, /mybots shows the bot's current one.",
      },
    ],
  );
}

/**
 * Asks about the stored token, unless Telegram has accepted it before. A refusal refuses nothing here: the rest of the
 * redeploy (an image, an allow list) is worth having, and one wrong answer of Telegram's must not keep an assistant down.
 */
export async function checkStoredToken(
  parts: BotParts,
  deployment: Deployment,
): Promise<BotCheck | undefined> {
  const token = openColumn(parts.box, deployment, "telegram_bot_token");
  if (!token) return undefined;
  const isProven = deployment.bot_proven_at !== null && deployment.bot_id === botOf(token.reveal());
  return isProven ? undefined : checkBot(parts, deployment.id, token);
}

/** The deployment, other than this one, that holds the bot. */
export async function findHolder(
  sql: Sql,
  deploymentId: string,
  botId: string | null,
): Promise<Deployment | undefined> {
  return sql
    .selectFrom("deployments")
    .selectAll()
    .where("bot_id", "=", botId)
    .where("id", "!=", deploymentId)
    .executeTakeFirst();
}

async function checkBot(
  { telegramApi, ...parts }: BotParts,
  deploymentId: string,
  token: Secret,
): Promise<BotCheck | undefined> {
  if (telegramApi === undefined) return undefined;
  const verdict = await askTelegram(telegramApi, token.reveal());
  const botId = botOf(token.reveal());
  const holder = verdict === "accepted" ? await findHolder(parts.sql, deploymentId, botId) : undefined;
  const keeps = !holder || (await keepsBot({ telegramApi, ...parts }, holder));
  return { token, verdict, loser: keeps ? undefined : holder };
}

/**
 * Whether the holder keeps its bot although Telegram accepts the token of another deployment. A bot has one valid token:
 * who has a refused one can't drive it, whatever was accepted before. Without an answer an earlier proof counts.
 */
async function keepsBot(
  { sql, box, telegramApi }: BotParts & { readonly telegramApi: string },
  holder: Deployment,
): Promise<boolean> {
  const token = readColumn(box, holder, "telegram_bot_token")?.reveal() ?? "";
  // One that has failed may hold the bot of its former token.
  const isOfBot = botOf(token) === holder.bot_id;
  const verdict = isOfBot ? await askTelegram(telegramApi, token) : "no answer";
  if (verdict === "accepted")
    await sql
      .updateTable("deployments")
      .set({ bot_proven_at: new Date() })
      .where("id", "=", holder.id)
      .where("bot_id", "=", holder.bot_id)
      .where("telegram_bot_token", "=", holder.telegram_bot_token)
      .execute();
  return verdict === "accepted" || (verdict === "no answer" && holder.bot_proven_at !== null);
}
