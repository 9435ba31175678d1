// OpenClaw's own names: the part of `openclaw.json` that Berth owns, and the secrets of its `.env`. Pure.

/** The release that this version of Berth is tested with. */
export const OPENCLAW_VERSION = "2026.9.6";
export const DEFAULT_ASSISTANT_IMAGE = `ghcr.io/openclaw/openclaw:${OPENCLAW_VERSION}`;

export const MODEL_PROVIDERS = ["anthropic", "openai", "google", "openrouter", "xai"] as const;
export type ModelProvider = (typeof MODEL_PROVIDERS)[number];

const MODEL_KEY_NAMES = {
  anthropic: "ANTHROPIC_API_KEY",
  openai: "OPENAI_API_KEY",
  google: "GEMINI_API_KEY",
  openrouter: "OPENROUTER_API_KEY",
  xai: "XAI_API_KEY",
} as const satisfies Record<ModelProvider, string>;

const KEY_BEGINNINGS = [
  ["sk-ant-", "anthropic"],
  ["sk-proj-", "openai"],
  ["sk-or-v1-", "openrouter"],
  ["AIza", "google"],
  ["xai-", "xai"],
] as const satisfies (readonly [string, ModelProvider])[];

/** The provider that a model key is surely one of; undefined if its first letters don't tell. */
export function keyOwner(modelApiKey: string): ModelProvider | undefined {
  return KEY_BEGINNINGS.find(([beginning]) => modelApiKey.startsWith(beginning))?.[1];
}

/**
 * The id of a model as its provider knows it. People paste what OpenClaw or an API's list shows: `anthropic/claude-…`,
 * `models/gemini-…`.
 */
export function modelName(modelProvider: ModelProvider, modelId: string): string {
  const name = modelId.startsWith(`${modelProvider}/`) ? modelId.slice(modelProvider.length + 1) : modelId;
  return modelProvider === "google" ? name.replace(/^models\//, "") : name;
}

/** As OpenClaw makes them: without characters that look alike. */
export const PAIRING_CODE = /^[A-HJ-NP-Z2-9]{8}$/;
/** Programs inside the container; to the second, the code is added. */
export const LIST_PAIRINGS = ["node", "dist/index.js", "pairing", "list", "telegram", "--json"] as const;
export const APPROVE_PAIRING = ["node", "dist/index.js", "pairing", "approve", "telegram"] as const;

/** Bare ids of Telegram users; a bot's token begins with such an id, too. */
export const TELEGRAM_ID = /^[1-9][0-9]{0,15}$/;

/**
 * The keys of `openclaw.json` that Berth owns. The Telegram users of `allowFrom` are answered; if there are none, nobody
 * is until paired.
 */
export function openclawSettings(
  modelProvider: ModelProvider,
  modelId: string,
  allowFrom: readonly string[],
): Record<string, unknown> {
  const dmPolicy = allowFrom.length > 0 ? "allowlist" : "pairing";
  return {
    gateway: {
      mode: "local",
      bind: "lan",
      port: 18789,
      auth: { mode: "token" },
      controlUi: { enabled: false },
    },
    agents: {
      defaults: {
        workspace: "~/.openclaw/workspace",
        model: { primary: `${modelProvider}/${modelName(modelProvider, modelId)}` },
      },
    },
    channels: {
      telegram: { enabled: true, dmPolicy, allowFrom, groups: { "*": { requireMention: true } } },
    },
  };
}

/** The assistant's secrets by the names of the environment variables that carry them. */
export function openclawSecrets(secrets: {
  readonly modelProvider: ModelProvider;
  readonly modelApiKey: string | undefined;
  readonly telegramBotToken: string;
  readonly gatewayToken: string;
}): Record<string, string> {
  return {
    OPENCLAW_GATEWAY_TOKEN: secrets.gatewayToken,
    TELEGRAM_BOT_TOKEN: secrets.telegramBotToken,
    ...(secrets.modelApiKey && { [MODEL_KEY_NAMES[secrets.modelProvider]]: secrets.modelApiKey }),
  };
}

/**
 * Text of the assistant's `.env`.
 * @throws RangeError when a value has a line break or a quote, which the file's form can't carry.
 */
export function dotenv(values: Readonly<Record<string, string>>): string {
  return Object.entries(values)
    .map(([name, value]) => `${name}='${quotable(name, value)}'\n`)
    .join("");
}

function quotable(name: string, value: string): string {
  if (/[\p{Cc}'\\]/u.test(value))
    throw new RangeError(`${name} has a character that an .env file can't carry.`);
  return value;
}
