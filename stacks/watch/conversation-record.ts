// What Berth knows of an assistant's conversations, and what follows from what its plugin reports. Pure.
import type { Verdict } from "../../infra/assistant/model-apis.ts";
import type { PluginStatus } from "../../infra/assistant/plugin-calls.ts";
import type { Cause } from "../causes.ts";
import type { Conversation } from "../database/deployment-table.ts";
import type { Deployment } from "../deployments/deployments.ts";
import { fallbacksOf } from "../deployments/fallback-models.ts";

export const NO_CONVERSATION: Conversation = {
  channel: null,
  lastMessageAt: null,
  lastAnswerAt: null,
  lastError: null,
  lastErrorAt: null,
};

/** A message that has waited for so long is not answered: the longest thinking shows itself before. */
const WAITS_TOO_LONG_MS = 120_000;
/** Of an assistant that has not reached Telegram for so long it is worth a warning. */
const AWAY_TOO_LONG_MS = 60_000;

/** The record after the assistant was asked. A plugin that has just started knows nothing of before. */
export function nextConversation(
  before: Conversation | null,
  status: PluginStatus,
  provider: string,
  now: Date,
): Conversation {
  const known = before ?? NO_CONVERSATION;
  const state = channelState(status.channel);
  const isSame = state !== undefined && known.channel?.state === state;
  const error = errorIn(status, provider);
  const isNewError = error !== undefined && (known.lastErrorAt === null || error.at > known.lastErrorAt);
  return {
    channel: state === undefined ? null : isSame ? known.channel : { state, since: now.toISOString() },
    lastMessageAt: later(known.lastMessageAt, status.lastMessageAt),
    lastAnswerAt: later(known.lastAnswerAt, status.lastAnswerAt),
    lastError: isNewError ? error.sentence : known.lastError,
    lastErrorAt: isNewError ? error.at : known.lastErrorAt,
  };
}

function channelState({ isConnected, hasGivenUp, isContested, ...channel }: PluginStatus["channel"]) {
  if (hasGivenUp || isContested) return "refused";
  if (isConnected) return "polling";
  return channel.hasFailed ? "unreachable" : undefined;
}

function later(known: string | null, seen: number | null): string | null {
  const found = seen === null ? null : new Date(seen).toISOString();
  return known === null || (found !== null && found > known) ? found : known;
}

function errorIn({ failure }: PluginStatus, provider: string) {
  if (!failure || failure.at === null) return undefined;
  const { kind, status } = failure;
  const number = status === null ? "" : ` (HTTP ${status})`;
  const sentence =
    kind === "delivery"
      ? "Telegram did not take the assistant's answer."
      : `The assistant got no answer from ${provider}${number}.`;
  return { sentence, at: new Date(failure.at).toISOString() };
}

/** Whether it is the model that fails: its provider can then be asked why. */
export function isModelFailing({ failure }: PluginStatus): boolean {
  return failure?.kind === "model";
}

/**
 * Without the failure of a model while its fallback models may still answer the message that waits: OpenClaw asks the first
 * of them after a minute or more, and says in the chat when all have failed.
 */
export function unlessFallingBack(status: PluginStatus, deployment: ModelChoice, now: Date): PluginStatus {
  const { failure, waitingSince } = status;
  if (!isModelFailing(status) || waitingSince === null || fallbacksOf(deployment).length === 0) return status;
  const isOfThisMessage = (failure?.since ?? 0) >= waitingSince;
  const isInTime = now.getTime() - waitingSince < WAITS_TOO_LONG_MS;
  return isOfThisMessage && isInTime ? { ...status, failure: null } : status;
}

type ModelChoice = Pick<Deployment, "api_mode" | "model_provider" | "model_id" | "fallback_models">;

/**
 * What is wrong with its conversations, if anything.
 * @param verdict what the model's provider says when Berth asks by itself
 */
export function conversationCause(
  status: PluginStatus,
  { channel }: Conversation,
  deployment: ModelChoice,
  verdict: Verdict,
  now: Date,
): Cause | undefined {
  const awayMs = channel ? now.getTime() - Date.parse(channel.since) : 0;
  if (channel?.state === "refused") return botRefused(status.channel.isContested);
  if (channel?.state === "unreachable" && awayMs >= AWAY_TOO_LONG_MS) {
    return {
      code: "TELEGRAM_UNREACHABLE",
      message:
        "The assistant can't reach Telegram, and tries again by itself. Messages are kept there for a day.",
    };
  }
  if (isModelFailing(status)) return modelCause(status.failure?.status ?? null, deployment, verdict);
  if (status.failure) return { code: "ANSWER_REFUSED", message: "Telegram did not take the last answer." };
  const waitedMs = status.waitingSince === null ? 0 : now.getTime() - status.waitingSince;
  if (waitedMs < WAITS_TOO_LONG_MS) return undefined;
  return modelUnavailable(deployment, `has not answered for ${Math.round(waitedMs / 1000)} s`);
}

/** Of an assistant whose request the gateway has sent, and whose stream has not begun after 15 s. */
export function noFirstByte(deployment: ModelChoice): Cause {
  return modelUnavailable(deployment, "has taken a request and sends nothing");
}

/** Of an assistant that asks through the gateway, while none lives. */
export const GATEWAY_AWAY: Cause = {
  code: "GATEWAY_AWAY",
  message:
    "The model gateway is away, so messages are not answered. The operator has to start it (BERTH_ROLE=all or gateway); your settings are not at fault.",
};

function botRefused(isContested: boolean): Cause {
  if (isContested)
    return {
      code: "BOT_REFUSED",
      message:
        "Telegram hands this bot's messages to another program, which reads them with the same token. End that program, or revoke the token in @BotFather and PATCH telegramBotToken.",
    };
  return {
    code: "BOT_REFUSED",
    message: `Telegram refuses the bot's token: it was revoked, or its bot is deleted. PATCH telegramBotToken with the one that @BotFather shows.`,
  };
}

function modelCause(status: number | null, deployment: ModelChoice, verdict: Verdict): Cause {
  const { api_mode, model_provider: provider, model_id: model } = deployment;
  const isKeyRefused = verdict === "key refused" || status === 401 || status === 403;
  const isUnknown = verdict === "model unknown" || status === 404;
  if (isKeyRefused && verdict !== "model unknown") {
    const whose = api_mode === "byok" ? "the model key" : "the operator's model key";
    const advice =
      api_mode === "byok"
        ? `PATCH modelApiKey.`
        : "The operator has to renew it; your settings are not at fault.";
    return {
      code: "MODEL_KEY_REFUSED",
      message: `${provider} refuses ${whose}: it is wrong, expired or revoked, and no message is answered. ${advice}`,
    };
  }
  if (isUnknown) {
    const fallbacks = fallbacksOf(deployment);
    // A number does not say which of several it was.
    const lacks =
      fallbacks.length > 0 && verdict !== "model unknown"
        ? `lacks one of the models ${[model, ...fallbacks].map((one) => JSON.stringify(one)).join(", ")}`
        : `has no model ${JSON.stringify(model)}`;
    return {
      code: "MODEL_UNKNOWN",
      message: `${provider} ${lacks}, or not for this key, and no message is answered. PATCH modelId.`,
    };
  }
  return modelUnavailable(deployment, status === null ? "does not answer" : `answers ${status}`);
}

function modelUnavailable({ model_provider: provider }: ModelChoice, what: string): Cause {
  return {
    code: "MODEL_UNAVAILABLE",
    message: `${provider} ${what}, so messages are not answered. The assistant tries again with each message; if that lasts, look at the provider's status and the account's limits, or PATCH another model.`,
  };
}
