// THE table of the model providers: where they are, which of their paths the gateway lets through, where the key, the model
// and the usage stand. What is not in it is refused.
import { COMPATIBLE, type ModelProvider } from "../assistant/openclaw.ts";
import { PROVIDER_ADDRESSES, providerOrigin } from "../assistant/provider-addresses.ts";

export type KeyHeader = "x-api-key" | "authorization" | "x-goog-api-key";

/** What a call is for: decides what it can cost at most. */
export type CallKind = "text" | "count" | "list" | "embedding" | "speech" | "transcription" | "image";

/** How an answer reports its usage: the shape that `@pydantic/genai-prices` knows by these two names. */
export interface UsageShape {
  readonly providerId: "anthropic" | "openai" | "google" | "openrouter" | "x-ai";
  readonly flavor: "default" | "chat" | "responses" | "realtime" | "images" | "embeddings";
}

export interface Route {
  readonly method: "GET" | "POST";
  /** Of the provider's own path. The group "model" is the model where it stands in the path. */
  readonly path: RegExp;
  readonly kind: CallKind;
  /** By what name it is counted, where a request names none. */
  readonly model?: string;
  /** Where fields such as the model stand. */
  readonly body: "none" | "json" | "multipart";
  /** Absent where nothing is used. */
  readonly usage?: UsageShape;
  /** Whether a stream reports its usage only on request. */
  readonly asksForUsage?: true;
}

export interface ProviderRow {
  readonly host: string;
  readonly baseUrl: string;
  /** Of all its paths. A base URL may end with it: it is not added twice. */
  readonly version: string;
  readonly keyHeader: KeyHeader;
  /** Names that a query may have, and their values where not all are fine. */
  readonly query: Readonly<Record<string, RegExp>>;
  readonly routes: readonly Route[];
}

const ID = String.raw`[\w.:@-]+`;
const ANTHROPIC = { providerId: "anthropic", flavor: "default" } as const;
const GOOGLE = { providerId: "google", flavor: "default" } as const;
const OPENAI_CHAT = { providerId: "openai", flavor: "chat" } as const;
const RESPONSES = { providerId: "openai", flavor: "responses" } as const;
const EMBEDDINGS = { providerId: "openai", flavor: "embeddings" } as const;
/** The one that distinguishes recordings from text. */
const AUDIO = { providerId: "openai", flavor: "realtime" } as const;
const IMAGES = { providerId: "openai", flavor: "images" } as const;
const OPENROUTER_CHAT = { providerId: "openrouter", flavor: "chat" } as const;
const XAI_CHAT = { providerId: "x-ai", flavor: "chat" } as const;
const PAGE = /^[\w-]{1,200}$/;

function at(provider: ModelProvider): Pick<ProviderRow, "host" | "baseUrl" | "version"> {
  return { ...PROVIDER_ADDRESSES[provider], baseUrl: providerOrigin(provider) };
}

function post(path: string, kind: CallKind, usage?: UsageShape, body: Route["body"] = "json"): Route {
  return { method: "POST", path: new RegExp(`^${path}$`), kind, body, ...(usage && { usage }) };
}

function chat(path: string, usage: UsageShape): Route {
  return { ...post(path, "text", usage), asksForUsage: true };
}

function list(path: string): Route {
  return { method: "GET", path: new RegExp(`^${path}$`), kind: "list", body: "none" };
}

function gemini(method: string, kind: CallKind, usage?: UsageShape): Route {
  return post(String.raw`/v1beta/models/(?<model>[\w.-]+):${method}`, kind, usage);
}

export const PROVIDERS: Readonly<Record<ModelProvider, ProviderRow>> = {
  anthropic: {
    ...at("anthropic"),
    keyHeader: "x-api-key",
    query: { beta: /^true$/, limit: PAGE, after_id: PAGE, before_id: PAGE },
    routes: [
      post("/v1/messages", "text", ANTHROPIC),
      post("/v1/messages/count_tokens", "count"),
      list(`/v1/models(/${ID})?`),
    ],
  },
  openai: {
    ...at("openai"),
    keyHeader: "authorization",
    query: {},
    routes: [
      post("/v1/responses", "text", RESPONSES),
      chat("/v1/chat/completions", OPENAI_CHAT),
      post("/v1/embeddings", "embedding", EMBEDDINGS),
      post("/v1/audio/speech", "speech", AUDIO),
      post("/v1/audio/transcriptions", "transcription", AUDIO, "multipart"),
      post("/v1/audio/translations", "transcription", AUDIO, "multipart"),
      post("/v1/images/generations", "image", IMAGES),
      post("/v1/images/edits", "image", IMAGES, "multipart"),
      list(`/v1/models(/${ID})?`),
    ],
  },
  google: {
    ...at("google"),
    keyHeader: "x-goog-api-key",
    query: { alt: /^(sse|json)$/, pageSize: PAGE, pageToken: /^[\w=-]{1,2000}$/ },
    routes: [
      gemini("(?:g|streamG)enerateContent", "text", GOOGLE),
      gemini("countTokens", "count"),
      gemini("(?:e|batchE)mbedContents?", "embedding", GOOGLE),
      list(`/v1beta/models(/${ID})?`),
    ],
  },
  openrouter: {
    ...at("openrouter"),
    keyHeader: "authorization",
    query: { category: PAGE, supported_parameters: PAGE, output_modalities: PAGE },
    routes: [
      chat("/api/v1/chat/completions", OPENROUTER_CHAT),
      post("/api/v1/responses", "text", RESPONSES),
      post("/api/v1/embeddings", "embedding", EMBEDDINGS),
      post("/api/v1/audio/transcriptions", "transcription", AUDIO),
      list(`/api/v1/models(/${ID}/${ID}/endpoints|/user|/count)?`),
    ],
  },
  xai: {
    ...at("xai"),
    keyHeader: "authorization",
    query: {},
    routes: [
      post("/v1/responses", "text", RESPONSES),
      chat("/v1/chat/completions", XAI_CHAT),
      { ...post("/v1/stt", "transcription", undefined, "multipart"), model: "grok-stt" },
      list(`/v1/(models|language-models|image-generation-models)(/${ID})?`),
    ],
  },
  [COMPATIBLE]: {
    // Nobody is there: each deployment has its own.
    ...at(COMPATIBLE),
    keyHeader: "authorization",
    query: {},
    routes: [
      chat("/v1/chat/completions", OPENAI_CHAT),
      post("/v1/responses", "text", RESPONSES),
      post("/v1/embeddings", "embedding", EMBEDDINGS),
      list(`/v1/models(/${ID}){0,4}`),
    ],
  },
};
