// OpenRouter as it documents itself: https://openrouter.ai/docs/api-reference/errors and …/list-available-models.
import { chatCompletions } from "../wire/chat-completions.ts";
import {
  type Answer,
  bearer,
  embeddings,
  type Provider,
  type Refusal,
  type Rows,
  transcription,
} from "./provider.ts";

const REFUSAL: Readonly<Record<Refusal, (model: string) => Answer>> = {
  "key refused": () => error(401, "User not found."),
  "model unknown": (model) => error(404, `No endpoints found for ${model}.`),
  "rate limited": (model) => ({
    ...error(429, "Provider returned error", {
      raw: `${model} is temporarily rate-limited upstream. Please retry shortly.`,
      provider_name: "Fake",
    }),
    headers: { "retry-after": "1" },
  }),
  "server error": () => error(500, "Internal Server Error"),
  overloaded: () => error(529, "Provider returned error", { provider_name: "Fake" }),
};

export const openrouter: Provider = {
  host: "openrouter.ai",
  models: [
    "openrouter/auto",
    "anthropic/claude-sonnet-4.6",
    "anthropic/claude-haiku-4.5",
    "openai/gpt-5.4",
    "moonshotai/kimi-k2.5",
  ],
  routes: [
    { method: "POST", path: /^\/api\/v1\/chat\/completions$/, kind: "turn", api: chatCompletions },
    { method: "POST", path: /^\/api\/v1\/embeddings$/, kind: "embedding", answer: embeddings },
    {
      method: "POST",
      path: /^\/api\/v1\/audio\/transcriptions$/,
      kind: "transcription",
      answer: async (asked) => ({ text: await transcription(asked), usage: { seconds: 5, cost: 0 } }),
    },
    {
      method: "GET",
      path: /^\/api\/v1\/models$/,
      isOpen: true,
      kind: "list",
      list: (ids, rows) => ({ data: ids.map((id) => row(id, rows)) }),
    },
    {
      method: "GET",
      path: /^\/api\/v1\/models\/([^/]+\/[^/]+)\/endpoints$/,
      kind: "model",
      model: (id) => ({ data: { id, name: id, endpoints: [] } }),
    },
    {
      method: "GET",
      path: /^\/api\/v1\/key$/,
      kind: "account",
      answer: () => ({
        data: { label: "sk-or-v1-fake", limit: null, limit_remaining: null, usage: 0, is_free_tier: false },
      }),
    },
  ],
  keyIn: bearer,
  withoutKey: error(401, "No auth credentials found"),
  withoutRoute: error(404, "Not Found"),
  refuse: (how, model) => REFUSAL[how](model),
  invalid: (why) => error(400, why),
};

function row(id: string, rows: Rows): unknown {
  if (rows === "bare") return { id, name: id };
  return {
    id,
    canonical_slug: id,
    name: id,
    created: 1_759_104_000,
    description: "A fake.",
    context_length: 200_000,
    architecture: {
      modality: "text+image->text",
      input_modalities: ["text", "image"],
      output_modalities: ["text"],
      tokenizer: "Other",
      instruct_type: null,
    },
    pricing: { prompt: "0.000003", completion: "0.000015", request: "0", image: "0" },
    top_provider: { context_length: 200_000, max_completion_tokens: 64_000, is_moderated: false },
    per_request_limits: null,
    supported_parameters: ["max_tokens", "reasoning", "temperature", "tool_choice", "tools"],
  };
}

function error(code: number, message: string, metadata?: Readonly<Record<string, unknown>>): Answer {
  return { status: code, body: { error: { code, message, ...(metadata && { metadata }) } } };
}
