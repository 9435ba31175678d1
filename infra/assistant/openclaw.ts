// OpenClaw's own names: the part of `openclaw.json` that Berth owns, and where its secrets are. Pure.
import { compatibleRow, compatibleSettings } from "./compatible.ts";
import { gatewayRow, gatewaySettings, type ModelGateway } from "./model-gateway.ts";

/** The release that this version of Berth is tested with. */
export const OPENCLAW_VERSION = "2026.9.6";
export const DEFAULT_ASSISTANT_IMAGE = `ghcr.io/openclaw/openclaw:${OPENCLAW_VERSION}`;

/** Where the container has what Berth hands to it: secrets and the plugin, read-only, outside its data. */
export const HANDED_PATH = "/run/berth";
const PLUGIN_PATH = `${HANDED_PATH}/plugin`;
/** Certificate of the CA of the model gateway. */
export const GATEWAY_CA_PATH = `${HANDED_PATH}/model-gateway-ca.pem`;

/** Those that are at one address for everybody. */
export const KNOWN_PROVIDERS = ["anthropic", "openai", "google", "openrouter", "xai"] as const;
export type KnownProvider = (typeof KNOWN_PROVIDERS)[number];
/** Any server that speaks Chat Completions, at an address that the customer names. */
export const COMPATIBLE = "openai-compatible";
export const MODEL_PROVIDERS = [...KNOWN_PROVIDERS, COMPATIBLE] as const;
export type ModelProvider = (typeof MODEL_PROVIDERS)[number];

const KEY_BEGINNINGS = [
  ["sk-ant-", "anthropic"],
  ["sk-proj-", "openai"],
  ["sk-or-v1-", "openrouter"],
  ["AIza", "google"],
  ["xai-", "xai"],
] as const satisfies (readonly [string, ModelProvider])[];

/** The provider that a model key is surely one of; undefined if its first letters don't show it. */
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
/** Bare ids of Telegram users; a bot's token begins with such an id, too. */
export const TELEGRAM_ID = /^[1-9][0-9]{0,15}$/;

/** What a provider's list says of a model; what it does not say is absent. */
export interface ModelFacts {
  readonly contextWindow?: number;
  /** Tokens that an answer may have. */
  readonly maxTokens?: number;
  /** Whether it can think before it answers. */
  readonly reasoning?: boolean;
  /** What it reads. */
  readonly input?: readonly ("text" | "image")[];
}

export interface KnownModel {
  readonly id: string;
  /** Absent where the provider's list was never read. */
  readonly facts?: ModelFacts | undefined;
}

/** What an assistant is to be. */
export interface Assistant {
  readonly modelProvider: ModelProvider;
  readonly modelId: string;
  /** Of a compatible server: what stands in front of `/chat/completions`. Absent for every other provider. */
  readonly baseUrl?: string | undefined;
  /** Absent where the provider's list was never read. */
  readonly modelFacts?: ModelFacts | undefined;
  /** They answer in its place, in this order. Absent: what its `openclaw.json` says of them stays. */
  readonly fallbackModels?: readonly KnownModel[] | undefined;
  /** Telegram users who are answered; if there are none, nobody is until paired. */
  readonly allowFrom: readonly string[];
  /** Where it reaches its provider; absent: at the provider itself. Its model key is the gateway's token then. */
  readonly modelGateway?: ModelGateway | undefined;
}

/** Its secrets, in clear text. */
export interface AssistantSecrets {
  readonly modelProvider: ModelProvider;
  /** Absent where the operator has none. */
  readonly modelApiKey: string | undefined;
  readonly telegramBotToken: string;
  readonly gatewayToken: string;
}

/** Where OpenClaw reads a secret: its SecretRef. */
type SecretRef =
  | { readonly source: "file"; readonly provider: "berth"; readonly id: string }
  | { readonly source: "env"; readonly provider: "default"; readonly id: string };

export interface SecretRefs {
  readonly telegram: SecretRef;
  readonly model: (provider: ModelProvider) => SecretRef;
  /** Absent where OpenClaw finds the gateway's token by itself. */
  readonly gateway?: SecretRef;
  /** The key `secrets` of `openclaw.json`, without which the references lead nowhere. */
  readonly secrets?: Readonly<Record<string, unknown>>;
}

/**
 * References into a file that `secretsText` has made. OpenClaw reads it at its start, and again when the settings change:
 * another secret is another path.
 */
export function secretsInFile(path: string): SecretRefs {
  const ref = (id: string) => ({ source: "file", provider: "berth", id }) as const;
  return {
    telegram: ref("/telegram"),
    model: (provider) => ref(`/models/${provider}`),
    gateway: ref("/gateway"),
    secrets: { providers: { berth: { source: "file", path, mode: "json" } } },
  };
}

/** JSON of the file of secretsInFile. */
export function secretsText({
  modelProvider,
  modelApiKey,
  telegramBotToken,
  gatewayToken,
}: AssistantSecrets): string {
  const models = modelApiKey === undefined ? {} : { [modelProvider]: modelApiKey };
  return JSON.stringify({ gateway: gatewayToken, telegram: telegramBotToken, models });
}

const BOT_TOKEN = "BERTH_TELEGRAM_BOT_TOKEN";
const MODEL_KEY = "BERTH_MODEL_KEY";

/** References to environment variables. Under the providers' usual names OpenClaw sends a key to hosts that nobody chose. */
export const SECRETS_IN_ENVIRONMENT: SecretRefs = {
  telegram: { source: "env", provider: "default", id: BOT_TOKEN },
  model: () => ({ source: "env", provider: "default", id: MODEL_KEY }),
};

/** The secrets by the names of the environment variables that carry them. */
export function secretsEnvironment({
  modelApiKey,
  telegramBotToken,
  gatewayToken,
}: AssistantSecrets): Record<string, string> {
  return {
    OPENCLAW_GATEWAY_TOKEN: gatewayToken,
    [BOT_TOKEN]: telegramBotToken,
    ...(modelApiKey && { [MODEL_KEY]: modelApiKey }),
  };
}

/**
 * What holds for every model of a provider, as long as its list was not read. To a model that is not said to read pictures
 * OpenClaw sends none: another model, and a dear one, is asked to describe them.
 */
const LIKELY: Partial<Record<ModelProvider, ModelFacts>> = { anthropic: { input: ["text", "image"] } };

const WORKSPACE = "~/.openclaw/workspace";

/** Those of an assistant that waits for its activation: no channel, no model, no key. */
export function waitingSettings(refs: SecretRefs): Record<string, unknown> {
  return { ...gatewayAlone(refs), agents: { defaults: { workspace: WORKSPACE } } };
}

/** As secretsText, of one that waits. */
export function waitingSecretsText(gatewayToken: string): string {
  return JSON.stringify({ gateway: gatewayToken });
}

function gatewayAlone(refs: SecretRefs | undefined): Record<string, unknown> {
  return {
    ...(refs?.secrets && { secrets: refs.secrets }),
    gateway: {
      mode: "local",
      bind: "lan",
      port: 18789,
      auth: { mode: "token", ...(refs?.gateway && { token: refs.gateway }) },
      controlUi: { enabled: false },
    },
  };
}

/** The keys of `openclaw.json` that Berth owns, for mergeSettings. Without `refs` it has neither bot nor keys. */
export function openclawSettings(
  assistant: Assistant,
  refs: SecretRefs | undefined,
): Record<string, unknown> {
  const { modelProvider, allowFrom, modelGateway, fallbackModels } = assistant;
  const models = [{ id: assistant.modelId, facts: assistant.modelFacts }, ...(fallbackModels ?? [])];
  const [primary, ...fallbacks] = models.map(({ id }) => `${modelProvider}/${modelName(modelProvider, id)}`);
  const dmPolicy = allowFrom.length > 0 ? "allowlist" : "pairing";
  return {
    ...gatewayAlone(refs),
    agents: {
      defaults: {
        workspace: WORKSPACE,
        model: { primary, ...(fallbackModels && { fallbacks }) },
      },
    },
    models: {
      providers: {
        [modelProvider]: {
          ...(refs && { apiKey: refs.model(modelProvider) }),
          ...(assistant.baseUrl !== undefined && compatibleSettings(assistant.baseUrl)),
          ...(modelGateway && gatewaySettings(modelProvider, modelGateway)),
          models: { $add: models.map((model) => modelRow(assistant, model)) },
          // Otherwise OpenClaw would install the Codex plugin, 130 MB, before it starts.
          ...(modelProvider === "openai" && { agentRuntime: { id: "openclaw" } }),
        },
      },
    },
    channels: {
      telegram: {
        enabled: true,
        ...(refs && { botToken: refs.telegram }),
        dmPolicy,
        allowFrom,
        groups: { "*": { requireMention: true } },
      },
    },
  };
}

/** Without a row, a model that OpenClaw does not know by itself is refused until the provider's list was read. */
function modelRow({ modelProvider, modelGateway, baseUrl }: Assistant, { id, facts }: KnownModel) {
  const name = modelName(modelProvider, id);
  return {
    id: name,
    name,
    ...LIKELY[modelProvider],
    ...facts,
    ...(baseUrl !== undefined && compatibleRow(baseUrl)),
    ...(modelGateway && gatewayRow(modelProvider, name, modelGateway)),
  };
}

/** The keys that load Berth's own plugin; see assistant/plugin/. */
export function pluginSettings(deploymentId: string): Record<string, unknown> {
  return {
    plugins: {
      load: { paths: { $add: PLUGIN_PATH } },
      entries: {
        berth: { enabled: true, hooks: { allowConversationAccess: true }, config: { deploymentId } },
      },
    },
  };
}
