import type { RequestHandler } from "express";
import { botOf, findBotName } from "../../infra/assistant/telegram-api.ts";
import type { BotParts } from "../../stacks/deployments/bot-check.ts";
import { getDeployment } from "../../stacks/deployments/deployments.ts";
import { readColumn } from "../../stacks/deployments/secret-columns.ts";
import type { Bot } from "../contract/details.ts";
import { callerOf } from "../middleware/caller.ts";
import { SharedReads } from "../middleware/shared-reads.ts";
import { deploymentId } from "./deployment-id.ts";

const KEPT_MS = 10 * 60_000;

/** GET /:id/bot: who is to be written to. */
export function bot({ sql, box, telegramApi }: BotParts): RequestHandler {
  const names = new SharedReads<string>(KEPT_MS);
  // What Telegram has not said is not kept: it is asked again.
  const nameOf = (token: string) =>
    names
      .get(box.fingerprint(token), async () => {
        const name = telegramApi === undefined ? undefined : await findBotName(telegramApi, token);
        if (name === undefined) throw new Error("Telegram has not named the bot.");
        return name;
      })
      .catch(() => null);
  return async (request, response) => {
    const deployment = await getDeployment(sql, callerOf(response).accountId, deploymentId(request));
    const token = readColumn(box, deployment, "telegram_bot_token")?.reveal();
    const id = token === undefined ? null : botOf(token);
    const data: Bot | null = id && token ? { id, username: await nameOf(token) } : null;
    response.json({ data });
  };
}
