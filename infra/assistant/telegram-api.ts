// What Telegram says of a bot's token. Its API takes the token in the URL alone, and an error of fetch may quote that
// URL: no error leaves this file. A refusal must be Telegram's own; a proxy's page, a fault or a limit says nothing.
import { z } from "zod";
import { getWhole } from "./whole-answer.ts";

/** Where Telegram's Bot API is. */
export const TELEGRAM_API = "https://api.telegram.org";

const LIMITS = { timeoutMs: 3_000, longest: 16 * 1024 } as const;

export type BotVerdict = "accepted" | "refused" | "no answer";

/** The forms of https://core.telegram.org/bots/api#making-requests and of its method getMe. */
const Accepted = z.object({
  ok: z.literal(true),
  result: z.object({
    id: z.int(),
    is_bot: z.literal(true),
    username: z.string().optional().catch(undefined),
  }),
});
/** 401: no bot has this token, or has it any more; 404: none can have it. 429 comes for tokens that are new to Telegram. */
const Refused = z.object({ ok: z.literal(false), error_code: z.literal([401, 404]) });

/** It becomes part of an address: Telegram's own rule. */
const USERNAME = /^[A-Za-z0-9_]{3,64}$/;

/** A token begins with its bot's id. */
export function botOf(telegramBotToken: string): string | null {
  return telegramBotToken.split(":")[0] || null;
}

/** Asks whether the token is that of the bot it names. Never throws; takes 3 s at most. */
export async function askTelegram(base: string, token: string): Promise<BotVerdict> {
  return (await getMe(base, token)).verdict;
}

/** The username of a token's bot; undefined where Telegram does not accept the token. As askTelegram. */
export async function findBotName(base: string, token: string): Promise<string | undefined> {
  const { username } = await getMe(base, token);
  return username !== undefined && USERNAME.test(username) ? username : undefined;
}

async function getMe(base: string, token: string): Promise<{ verdict: BotVerdict; username?: string }> {
  try {
    const { status, text } = await getWhole(`${base}/bot${token}/getMe`, LIMITS);
    const answer: unknown = JSON.parse(text);
    const refused = Refused.safeParse(answer);
    if (refused.success && refused.data.error_code === status) return { verdict: "refused" };
    const accepted = Accepted.safeParse(answer);
    // Telegram never names another bot than the token does: a server that does so is not Telegram.
    const isOfBot = accepted.success && String(accepted.data.result.id) === botOf(token);
    if (status !== 200 || !isOfBot) return { verdict: "no answer" };
    const { username } = accepted.data.result;
    return { verdict: "accepted", ...(username !== undefined && { username }) };
  } catch {
    return { verdict: "no answer" };
  }
}
