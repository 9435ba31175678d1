// OpenAI as it documents itself: https://platform.openai.com/docs/guides/error-codes and …/api-reference.
import { chatCompletions } from "../wire/chat-completions.ts";
import { openaiResponses } from "../wire/openai-responses.ts";
import { type Answer, bearer, embeddings, type Provider, type Refusal, transcription } from "./provider.ts";

const REFUSAL: Readonly<Record<Refusal, (model: string) => Answer>> = {
  "key refused": () =>
    error(
      401,
      "invalid_request_error",
      "invalid_api_key",
      "Incorrect API key provided: sk-fake. You can find your API key at https://platform.openai.com/account/api-keys.",
    ),
  "model unknown": (model) =>
    error(
      404,
      "invalid_request_error",
      "model_not_found",
      `The model \`${model}\` does not exist or you do not have access to it.`,
    ),
  "rate limited": (model) => ({
    ...error(
      429,
      "tokens",
      "rate_limit_exceeded",
      `Rate limit reached for ${model} in organization org-fake on tokens per min (TPM): Limit 30000, Used 29000, Requested 14000. Please try again in 1s. Visit https://platform.openai.com/account/rate-limits to learn more.`,
    ),
    headers: { "retry-after": "1", "retry-after-ms": "1000" },
  }),
  "server error": () =>
    error(
      500,
      "server_error",
      null,
      "The server had an error while processing your request. Sorry about that!",
    ),
  overloaded: () =>
    error(
      503,
      "service_unavailable_error",
      "server_is_overloaded",
      "Our servers are currently overloaded. Please try again later.",
    ),
};

export const openai: Provider = {
  host: "api.openai.com",
  models: [
    "gpt-5.6-sol",
    "gpt-5.6-luna",
    "gpt-5.5",
    "gpt-5.4",
    "gpt-5.4-mini",
    "gpt-5.1",
    "gpt-4.1",
    "gpt-4.1-2025-04-14",
  ],
  routes: [
    { method: "POST", path: /^\/v1\/responses$/, kind: "turn", api: openaiResponses },
    { method: "POST", path: /^\/v1\/chat\/completions$/, kind: "turn", api: chatCompletions },
    { method: "POST", path: /^\/v1\/embeddings$/, kind: "embedding", answer: embeddings },
    {
      method: "POST",
      path: /^\/v1\/audio\/transcriptions$/,
      kind: "transcription",
      answer: async (asked) => ({
        text: await transcription(asked),
        usage: { type: "duration", seconds: 5 },
      }),
    },
    {
      method: "GET",
      path: /^\/v1\/models$/,
      kind: "list",
      list: (ids) => ({ object: "list", data: ids.map(row) }),
    },
    { method: "GET", path: /^\/v1\/models\/([^/]+)$/, kind: "model", model: row },
  ],
  keyIn: bearer,
  withoutKey: error(
    401,
    "invalid_request_error",
    null,
    "You didn't provide an API key. You need to provide your API key in an Authorization header using Bearer auth (i.e. Authorization: Bearer YOUR_KEY).",
  ),
  withoutRoute: error(404, "invalid_request_error", null, "Invalid URL"),
  refuse: (how, model) => REFUSAL[how](model),
  invalid: (why, code) => error(400, "invalid_request_error", code, why),
};

/** All that a row has. */
function row(id: string): unknown {
  return { id, object: "model", created: 1_759_104_000, owned_by: "system" };
}

function error(status: number, type: string, code: string | null, message: string): Answer {
  return { status, body: { error: { message, type, param: null, code } } };
}
