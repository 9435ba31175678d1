// xAI as it documents itself, https://docs.x.ai/docs/api-reference, and as its users report its errors.
import { chatCompletions } from "../wire/chat-completions.ts";
import { openaiResponses } from "../wire/openai-responses.ts";
import { type Answer, bearer, type Provider, type Refusal, type Rows, transcription } from "./provider.ts";

const REFUSAL: Readonly<Record<Refusal, (model: string) => Answer>> = {
  "key refused": () =>
    error(
      400,
      "Client specified an invalid argument",
      "Incorrect API key provided: xa***ke. You can obtain an API key from https://console.x.ai.",
    ),
  "model unknown": (model) =>
    error(
      404,
      "Some requested entity was not found",
      `The model ${model} does not exist or your team fake does not have access to it. Please ensure you're using the correct API key. If you believe this is a mistake, please contact support and quote your team ID and the model name.`,
    ),
  "rate limited": (model) =>
    error(
      429,
      "Some resource has been exhausted",
      `Too many requests for team fake and model ${model}. Your team's rate limit is 1 request per second.`,
    ),
  "server error": () => error(500, "Internal error", "Internal error"),
  overloaded: () =>
    error(
      503,
      "The service is currently unavailable",
      "Service temporarily unavailable. The model is at capacity and currently cannot serve this request. Please try again later.",
    ),
};

export const xai: Provider = {
  host: "api.x.ai",
  models: ["grok-4.3", "grok-4", "grok-4-fast", "grok-build-0.1"],
  routes: [
    { method: "POST", path: /^\/v1\/responses$/, kind: "turn", api: openaiResponses },
    { method: "POST", path: /^\/v1\/chat\/completions$/, kind: "turn", api: chatCompletions },
    {
      method: "POST",
      path: /^\/v1\/stt$/,
      kind: "transcription",
      answer: async (asked) => ({
        text: await transcription(asked),
        language: "en",
        duration: 5,
        words: [],
      }),
    },
    {
      method: "GET",
      path: /^\/v1\/models$/,
      kind: "list",
      list: (ids) => ({ object: "list", data: ids.map(shortRow) }),
    },
    {
      method: "GET",
      path: /^\/v1\/language-models$/,
      kind: "list",
      list: (ids, rows) => ({ models: ids.map((id) => row(id, rows)) }),
    },
    { method: "GET", path: /^\/v1\/models\/([^/]+)$/, kind: "model", model: shortRow },
    {
      method: "GET",
      path: /^\/v1\/language-models\/([^/]+)$/,
      kind: "model",
      model: (id) => row(id, "full"),
    },
    {
      method: "GET",
      path: /^\/v1\/api-key$/,
      kind: "account",
      answer: () => ({
        redacted_api_key: "xai-...fake",
        name: "fake",
        acls: ["api-key:model:*"],
        api_key_blocked: false,
        api_key_disabled: false,
        team_blocked: false,
      }),
    },
  ],
  keyIn: bearer,
  withoutKey: error(
    401,
    "Unauthenticated",
    "No API key provided. Pass it in the Authorization header as a Bearer token.",
  ),
  withoutRoute: error(404, "Not Found", "The requested resource was not found."),
  refuse: (how, model) => REFUSAL[how](model),
  invalid: (why) => error(422, "Client specified an invalid argument", why),
};

function shortRow(id: string): unknown {
  return { id, object: "model", created: 1_759_104_000, owned_by: "xai" };
}

function row(id: string, rows: Rows): unknown {
  const bare = { id, object: "model", created: 1_759_104_000, owned_by: "xai" };
  if (rows === "bare") return bare;
  return {
    ...bare,
    fingerprint: "fp_fake",
    version: "1.0",
    input_modalities: ["text", "image"],
    output_modalities: ["text"],
    prompt_text_token_price: 30_000,
    cached_prompt_text_token_price: 7_500,
    prompt_image_token_price: 0,
    completion_text_token_price: 150_000,
    aliases: [],
  };
}

function error(status: number, code: string, message: string): Answer {
  return { status, body: { code, error: message } };
}
