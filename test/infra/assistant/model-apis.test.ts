// What providers answer of a key and a model, as documented and as their users report it: from a stand-in on loopback.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { describeModel } from "../../../infra/assistant/describe-model.ts";
import { askProvider, type MODEL_APIS } from "../../../infra/assistant/model-apis.ts";
import { KNOWN_PROVIDERS, type KnownProvider } from "../../../infra/assistant/openclaw.ts";
import { type Given, ModelApi } from "../../support/model-api.ts";
import { ownTime } from "../../support/own-time.ts";

const KEY = "key-canary-0123456789";
const api = new ModelApi();
let apis: typeof MODEL_APIS;
beforeAll(async () => {
  apis = await api.open();
});
afterAll(() => api.close());
beforeEach(() => {
  api.asked.length = 0;
  api.answers = {};
});

const ok: Given = { status: 200, body: { id: "x" } };
const models = { status: 200, body: { data: [{ id: "acme/one", canonical_slug: "acme/one-2026" }] } };
const groks = { status: 200, body: { models: [{ id: "grok-4", aliases: ["grok-4-fast"] }] } };
const anthropic = (status: number, type: string) => ({ status, body: { type: "error", error: { type } } });
const openai = (status: number, code: string | null, message = "") => ({
  status,
  body: { error: { code, message } },
});
const google = (code: number, status: string, reason: string) => ({
  status: code,
  body: { error: { code, status, details: [{ reason }] } },
});

it.each<[KnownProvider, string, Record<string, Given>, string]>([
  ["anthropic", "claude-x", { "/v1/models/claude-x": ok }, "accepted"],
  ["anthropic", "claude-x", { "/v1/models/claude-x": anthropic(401, "authentication_error") }, "key refused"],
  ["anthropic", "claude-x", { "/v1/models/claude-x": anthropic(404, "not_found_error") }, "model unknown"],
  ["anthropic", "opus", { "/v1/models/opus": anthropic(404, "not_found_error") }, "accepted"],
  ["anthropic", "claude-x", { "/v1/models/claude-x": anthropic(403, "forbidden") }, "no answer"],
  ["anthropic", "anthropic/claude-x", { "/v1/models/claude-x": ok }, "accepted"],
  ["openai", "gpt-x", { "/v1/models/gpt-x": ok }, "accepted"],
  ["openai", "gpt-x", { "/v1/models/gpt-x": openai(401, "invalid_api_key") }, "key refused"],
  [
    "openai",
    "gpt-x",
    { "/v1/models/gpt-x": openai(401, null, "Missing scopes: api.model.read") },
    "no answer",
  ],
  ["openai", "gpt-x", { "/v1/models/gpt-x": openai(404, "model_not_found") }, "model unknown"],
  ["openai", "ft:a/b", { "/v1/models/ft%3Aa%2Fb": openai(404, "model_not_found") }, "accepted"],
  ["google", "gemini-x", { "/v1beta/models/gemini-x": ok }, "accepted"],
  ["google", "models/gemini-x", { "/v1beta/models/gemini-x": ok }, "accepted"],
  [
    "google",
    "gemini-x",
    { "/v1beta/models/gemini-x": google(400, "INVALID_ARGUMENT", "API_KEY_INVALID") },
    "key refused",
  ],
  ["google", "gemini-x", { "/v1beta/models/gemini-x": google(404, "NOT_FOUND", "") }, "model unknown"],
  ["google", "gemini-3-flash", { "/v1beta/models/gemini-3-flash": google(404, "NOT_FOUND", "") }, "accepted"],
  [
    "google",
    "gemini-x",
    { "/v1beta/models/gemini-x": google(400, "FAILED_PRECONDITION", "User location") },
    "no answer",
  ],
  ["openrouter", "acme/one", { "/api/v1/key": ok, "/api/v1/models": models }, "accepted"],
  ["openrouter", "acme/one:free", { "/api/v1/key": ok, "/api/v1/models": models }, "accepted"],
  ["openrouter", "acme/one-2026", { "/api/v1/key": ok, "/api/v1/models": models }, "accepted"],
  ["openrouter", "acme/two", { "/api/v1/key": ok, "/api/v1/models": models }, "model unknown"],
  ["openrouter", "acme/two", { "/api/v1/key": ok, "/api/v1/models": { status: 200, body: {} } }, "no answer"],
  ["openrouter", "openrouter/auto", { "/api/v1/key": ok }, "accepted"],
  ["openrouter", "@preset/mine", { "/api/v1/key": ok }, "accepted"],
  [
    "openrouter",
    "acme/one",
    { "/api/v1/key": { status: 401, body: { error: { code: 401 } } } },
    "key refused",
  ],
  ["xai", "grok-4", { "/v1/language-models": groks }, "accepted"],
  ["xai", "grok-4-fast", { "/v1/language-models": groks }, "accepted"],
  ["xai", "grok-9", { "/v1/language-models": groks }, "model unknown"],
  ["xai", "grok-9-latest", { "/v1/language-models": groks }, "accepted"],
  [
    "xai",
    "grok-4",
    { "/v1/language-models": { status: 400, body: { error: "Incorrect API key provided: na***ys." } } },
    "key refused",
  ],
])("%s %s %j: %s", async (modelProvider, modelId, answers, verdict) => {
  api.answers = answers;
  expect(await askProvider(apis, { modelProvider, modelId, key: KEY })).toBe(verdict);
  expect(JSON.stringify(api.asked.map(({ path }) => path))).not.toContain(KEY);
  expect(JSON.stringify(api.asked.map(({ headers }) => headers))).toContain(KEY);
});

it.each<[string, Given]>([
  ["a fault of the provider", { status: 503, body: {} }],
  ["a proxy's own page", { status: 401, body: "<html>Log in" }],
  ["a proxy's page that says all is well", { status: 200, body: "<html>" }],
  ["a redirect", { status: 302, body: {} }],
  ["an answer without an end", { status: 200, body: "x".repeat(9 * 1024 * 1024) }],
])("%s says nothing", async (_name, answer) => {
  for (const path of ["/v1/models/m", "/v1beta/models/m", "/api/v1/key", "/v1/language-models"])
    api.answers[path] = answer;
  for (const modelProvider of ["anthropic", "openai", "google", "openrouter", "xai"] as const)
    expect(await askProvider(apis, { modelProvider, modelId: "m", key: KEY })).toBe("no answer");
  expect(api.asked.map(({ path }) => path)).not.toContain("/elsewhere");
});

it("nor does silence, after 5 s, or a network that leads nowhere", async () => {
  api.answers = { "/v1/models/m": undefined };
  const asked = { modelProvider: "openai", modelId: "m", key: KEY } as const;
  const ownMs = ownTime();
  expect(await askProvider(apis, asked)).toBe("no answer");
  expect(ownMs()).toBeLessThan(6_000);
  expect(await askProvider({ ...apis, openai: "http://127.0.0.1:1" }, asked)).toBe("no answer");
});

describe("what a provider's list says of a model", () => {
  const claude = {
    type: "model",
    id: "claude-x",
    display_name: "Claude X",
    max_input_tokens: 1_000_000,
    max_tokens: 64_000,
    capabilities: {
      batch: { supported: true },
      image_input: { supported: true },
      thinking: { supported: true, types: { adaptive: { supported: true } } },
    },
  };
  const gemini = {
    name: "models/gemini-x",
    inputTokenLimit: 1_048_576,
    outputTokenLimit: 65_536,
    supportedGenerationMethods: ["generateContent"],
    thinking: true,
  };
  const acme = {
    id: "acme/one",
    canonical_slug: "acme/one-2026",
    context_length: 128_000,
    architecture: { modality: "text+image->text", input_modalities: ["text", "image", "file"] },
    top_provider: { context_length: 128_000, max_completion_tokens: 16_384, is_moderated: false },
    supported_parameters: ["max_tokens", "reasoning", "tools"],
  };
  const list = (...data: unknown[]) => ({ "/api/v1/models": { status: 200, body: { data } } });
  const one = (path: string, body: unknown) => ({ [path]: { status: 200, body } });
  const CLAUDE = "/v1/models/claude-x";
  const GEMINI = "/v1beta/models/gemini-x";

  it.each<[string, KnownProvider, string, Record<string, Given>, object | undefined]>([
    [
      "all",
      "anthropic",
      "anthropic/claude-x",
      one(CLAUDE, claude),
      { contextWindow: 1_000_000, maxTokens: 64_000, reasoning: true, input: ["text", "image"] },
    ],
    [
      "that it reads text alone",
      "anthropic",
      "claude-x",
      one(CLAUDE, { ...claude, capabilities: { image_input: { supported: false } } }),
      { contextWindow: 1_000_000, maxTokens: 64_000, input: ["text"] },
    ],
    [
      "its size, and null of the rest",
      "anthropic",
      "claude-x",
      one(CLAUDE, { ...claude, max_tokens: null, capabilities: null }),
      { contextWindow: 1_000_000 },
    ],
    ["its name alone", "anthropic", "claude-x", one(CLAUDE, { id: "claude-x" }), undefined],
    [
      "all",
      "google",
      "models/gemini-x",
      one(GEMINI, gemini),
      { contextWindow: 1_048_576, maxTokens: 65_536, reasoning: true },
    ],
    [
      "what it knows",
      "google",
      "gemini-x",
      one(GEMINI, { name: "models/gemini-x", inputTokenLimit: 8_192 }),
      { contextWindow: 8_192 },
    ],
    [
      "all",
      "openrouter",
      "acme/one",
      list({ ...acme, id: "acme/two", context_length: 1 }, acme),
      { contextWindow: 128_000, maxTokens: 16_384, reasoning: true, input: ["text", "image"] },
    ],
    [
      "the same by its other name",
      "openrouter",
      "acme/one-2026",
      list(acme),
      { contextWindow: 128_000, maxTokens: 16_384, reasoning: true, input: ["text", "image"] },
    ],
    [
      "null of most",
      "openrouter",
      "acme/one",
      list({
        ...acme,
        context_length: null,
        top_provider: { max_completion_tokens: null },
        supported_parameters: [],
        architecture: { input_modalities: ["text"] },
      }),
      { reasoning: false, input: ["text"] },
    ],
    [
      "something, though another one's row is odd",
      "openrouter",
      "acme/one",
      list({ id: "acme/odd", context_length: "many" }, { id: 7, canonical_slug: null }, acme),
      { contextWindow: 128_000, maxTokens: 16_384, reasoning: true, input: ["text", "image"] },
    ],
    ["nothing of it", "openrouter", "acme/three", list(acme), undefined],
  ])("%s: %s %s", async (_name, modelProvider, modelId, answers, facts) => {
    api.answers = answers;
    expect(await describeModel(apis, { modelProvider, modelId, key: KEY })).toEqual(facts);
    expect(api.asked).toHaveLength(1);
    expect(api.asked[0]?.path).not.toContain(KEY);
  });

  it.each(["openai", "xai"] as const)(
    "%s is not asked: its list says nothing of that",
    async (modelProvider) => {
      expect(await describeModel(apis, { modelProvider, modelId: "m", key: KEY })).toBeUndefined();
      expect(api.asked).toEqual([]);
    },
  );

  it.each<[string, Given]>([
    ["a fault of the provider", { status: 503, body: {} }],
    ["a refusal", { status: 401, body: { error: { type: "authentication_error" } } }],
    ["a page", { status: 200, body: "<html>" }],
    ["a list of another form", { status: 200, body: [] }],
    [
      "numbers that are none",
      { status: 200, body: { max_input_tokens: "1M", inputTokenLimit: -1, data: 7 } },
    ],
    ["an answer without an end", { status: 200, body: "x".repeat(9 * 1024 * 1024) }],
    ["a redirect", { status: 302, body: {} }],
  ])("%s says nothing", async (_name, given) => {
    for (const path of ["/v1/models/m", "/v1beta/models/m", "/api/v1/models"]) api.answers[path] = given;
    for (const modelProvider of KNOWN_PROVIDERS)
      expect(await describeModel(apis, { modelProvider, modelId: "m", key: KEY })).toBeUndefined();
    expect(api.asked.map(({ path }) => path)).not.toContain("/elsewhere");
  });
});
