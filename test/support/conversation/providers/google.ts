// Google's Gemini API as it documents itself: https://ai.google.dev/gemini-api/docs/troubleshooting and …/api/models.
import { geminiGenerateContent } from "../wire/gemini-generate-content.ts";
import { tokens } from "../wire/turn.ts";
import { type Answer, jsonOf, type Provider, type Refusal, type Rows } from "./provider.ts";

const BAD_KEY = "API key not valid. Please pass a valid API key.";
const REFUSAL: Readonly<Record<Refusal, (model: string) => Answer>> = {
  "key refused": () =>
    error(400, "INVALID_ARGUMENT", BAD_KEY, [
      {
        "@type": "type.googleapis.com/google.rpc.ErrorInfo",
        reason: "API_KEY_INVALID",
        domain: "googleapis.com",
        metadata: { service: "generativelanguage.googleapis.com" },
      },
      { "@type": "type.googleapis.com/google.rpc.LocalizedMessage", locale: "en-US", message: BAD_KEY },
    ]),
  "model unknown": (model) =>
    error(
      404,
      "NOT_FOUND",
      `models/${model} is not found for API version v1beta, or is not supported for generateContent. Call ListModels to see the list of available models and their supported methods.`,
    ),
  "rate limited": () =>
    error(
      429,
      "RESOURCE_EXHAUSTED",
      "You exceeded your current quota, please check your plan and billing details.",
      [{ "@type": "type.googleapis.com/google.rpc.RetryInfo", retryDelay: "1s" }],
    ),
  "server error": () =>
    error(
      500,
      "INTERNAL",
      "An internal error has occurred. Please retry or report in https://developers.generativeai.google/guide/troubleshooting",
    ),
  overloaded: () => error(503, "UNAVAILABLE", "The model is overloaded. Please try again later."),
};

export const google: Provider = {
  host: "generativelanguage.googleapis.com",
  models: [
    "gemini-3.1-pro-preview",
    "gemini-3.5-flash",
    "gemini-3-flash-preview",
    "gemini-2.5-pro",
    "gemini-2.5-flash",
  ],
  routes: [
    {
      method: "POST",
      path: /^\/v1beta\/models\/[^:]+:(?:streamG|g)enerateContent$/,
      kind: "turn",
      api: geminiGenerateContent,
    },
    {
      method: "POST",
      path: /^\/v1beta\/models\/[^:]+:countTokens$/,
      kind: "count",
      answer: (asked) => ({ totalTokens: tokens(jsonOf(asked)) }),
    },
    {
      method: "POST",
      path: /^\/v1beta\/models\/[^:]+:embedContent$/,
      kind: "embedding",
      answer: () => ({ embedding: EMBEDDING }),
    },
    {
      method: "POST",
      path: /^\/v1beta\/models\/[^:]+:batchEmbedContents$/,
      kind: "embedding",
      answer: (asked) => ({
        embeddings: (jsonOf(asked) as { requests: unknown[] }).requests.map(() => EMBEDDING),
      }),
    },
    {
      method: "GET",
      path: /^\/v1beta\/models$/,
      kind: "list",
      list: (ids, rows) => ({ models: ids.map((id) => row(id, rows)) }),
    },
    { method: "GET", path: /^\/v1beta\/models\/([^/:]+)$/, kind: "model", model: (id) => row(id, "full") },
  ],
  keyIn: (headers) => headers["x-goog-api-key"]?.toString(),
  withoutKey: error(
    403,
    "PERMISSION_DENIED",
    "Method doesn't allow unregistered callers (callers without established identity). Please use API Key or other form of API consumer identity to call this API.",
  ),
  withoutRoute: error(404, "NOT_FOUND", "Requested entity was not found."),
  refuse: (how, model) => REFUSAL[how](model),
  invalid: (why) => error(400, "INVALID_ARGUMENT", why),
};

const EMBEDDING = { values: Array.from({ length: 768 }, (_, index) => (index === 0 ? 1 : 0)) };

function row(id: string, rows: Rows): unknown {
  if (rows === "bare") return { name: `models/${id}` };
  return {
    name: `models/${id}`,
    baseModelId: id,
    version: "001",
    displayName: id,
    description: "A fake.",
    inputTokenLimit: 1_048_576,
    outputTokenLimit: 65_536,
    supportedGenerationMethods: ["generateContent", "countTokens"],
    thinking: true,
    temperature: 1,
    maxTemperature: 2,
    topP: 0.95,
    topK: 64,
  };
}

function error(code: number, status: string, message: string, details?: readonly unknown[]): Answer {
  return { status: code, body: { error: { code, message, status, ...(details && { details }) } } };
}
