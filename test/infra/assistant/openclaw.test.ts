import { describe, expect, it } from "vitest";
import { mergeSettings } from "../../../infra/assistant/merge-settings.mjs";
import {
  type Assistant,
  MODEL_PROVIDERS,
  openclawSettings,
  pluginSettings,
  SECRETS_IN_ENVIRONMENT,
  secretsEnvironment,
  secretsInFile,
  secretsText,
} from "../../../infra/assistant/openclaw.ts";

const CLAUDE: Assistant = { modelProvider: "anthropic", modelId: "claude-opus-5", allowFrom: [] };
const REFS = secretsInFile("/run/berth/f1.json");
const SECRETS = { modelApiKey: "key", telegramBotToken: "bot", gatewayToken: "gate" };

it("settings hold the model reference and nobody is answered until paired", () => {
  const settings = openclawSettings(
    { ...CLAUDE, modelProvider: "openrouter", modelId: "anthropic/claude" },
    REFS,
  );
  expect(settings).toMatchObject({
    gateway: { mode: "local" },
    agents: { defaults: { model: { primary: "openrouter/anthropic/claude" } } },
    channels: { telegram: { dmPolicy: "pairing", allowFrom: [] } },
  });
});

it.each([
  ["anthropic", "anthropic/claude-opus-5", "anthropic/claude-opus-5"],
  ["google", "models/gemini-3.1-pro-preview", "google/gemini-3.1-pro-preview"],
  ["openrouter", "openrouter/auto", "openrouter/auto"],
  ["openrouter", "auto", "openrouter/auto"],
  ["openai", "anthropic/claude-opus-5", "openai/anthropic/claude-opus-5"],
] as const)("%s %s is the model %s", (modelProvider, modelId, primary) => {
  const settings = openclawSettings({ ...CLAUDE, modelProvider, modelId }, REFS);
  expect(settings).toMatchObject({ agents: { defaults: { model: { primary } } } });
});

it("with an allow list, it alone says who is answered", () => {
  const settings = openclawSettings({ ...CLAUDE, allowFrom: ["123456789"] }, REFS);
  expect(settings).toMatchObject({
    channels: { telegram: { dmPolicy: "allowlist", allowFrom: ["123456789"] } },
  });
});

it.each(MODEL_PROVIDERS)(
  "every secret of %s is where its reference leads, and nowhere in the settings",
  (modelProvider) => {
    const file = JSON.parse(secretsText({ ...SECRETS, modelProvider }));
    const settings = mergeSettings({}, openclawSettings({ ...CLAUDE, modelProvider }, REFS));
    expect(settings).toMatchObject({
      secrets: { providers: { berth: { source: "file", path: "/run/berth/f1.json" } } },
      gateway: { auth: { token: { id: "/gateway" } } },
      channels: { telegram: { botToken: { id: "/telegram" } } },
      models: { providers: { [modelProvider]: { apiKey: { id: `/models/${modelProvider}` } } } },
    });
    expect(file).toEqual({ gateway: "gate", telegram: "bot", models: { [modelProvider]: "key" } });
  },
);

it("in the environment no key has a name by which OpenClaw would send it elsewhere", () => {
  const names = Object.keys(secretsEnvironment({ ...SECRETS, modelProvider: "openai" }));
  expect(names).toEqual(["OPENCLAW_GATEWAY_TOKEN", "BERTH_TELEGRAM_BOT_TOKEN", "BERTH_MODEL_KEY"]);
  const settings = mergeSettings({}, openclawSettings(CLAUDE, SECRETS_IN_ENVIRONMENT));
  expect(settings).toMatchObject({
    channels: { telegram: { botToken: { source: "env", id: "BERTH_TELEGRAM_BOT_TOKEN" } } },
    models: { providers: { anthropic: { apiKey: { source: "env", id: "BERTH_MODEL_KEY" } } } },
  });
});

it("a model's row has what is known of it, and openai needs no plugin", () => {
  const modelFacts = { contextWindow: 200_000, maxTokens: 64_000, reasoning: true } as const;
  const settings = mergeSettings({}, openclawSettings({ ...CLAUDE, modelFacts }, REFS));
  const row = { id: "claude-opus-5", name: "claude-opus-5", input: ["text", "image"], ...modelFacts };
  expect(settings).toMatchObject({ models: { providers: { anthropic: { models: [row] } } } });
  expect(openclawSettings({ ...CLAUDE, modelProvider: "openai" }, REFS)).toMatchObject({
    models: { providers: { openai: { agentRuntime: { id: "openclaw" } } } },
  });
});

describe("fallback models", () => {
  const fallbackModels = [
    { id: "anthropic/claude-sonnet-4-5", facts: { contextWindow: 200_000, maxTokens: 64_000 } },
    { id: "claude-haiku-4-5" },
  ];

  it("are named in their order, and each has a row, as the model itself", () => {
    const settings = mergeSettings({}, openclawSettings({ ...CLAUDE, fallbackModels }, REFS));
    const model = {
      primary: "anthropic/claude-opus-5",
      fallbacks: ["anthropic/claude-sonnet-4-5", "anthropic/claude-haiku-4-5"],
    };
    const input = ["text", "image"];
    const models = [
      { id: "claude-opus-5", name: "claude-opus-5", input },
      {
        id: "claude-sonnet-4-5",
        name: "claude-sonnet-4-5",
        input,
        contextWindow: 200_000,
        maxTokens: 64_000,
      },
      { id: "claude-haiku-4-5", name: "claude-haiku-4-5", input },
    ];
    expect(settings).toMatchObject({
      agents: { defaults: { model } },
      models: { providers: { anthropic: { models } } },
    });
  });

  it("are no longer there once there are none, and are the customer's own if none were ever sent", () => {
    const own = { agents: { defaults: { model: { fallbacks: ["anthropic/mine"] } } } };
    const fallbacksAfter = (assistant: Assistant) =>
      (mergeSettings(own, openclawSettings(assistant, REFS)) as typeof own).agents.defaults.model.fallbacks;
    expect(fallbacksAfter({ ...CLAUDE, fallbackModels: [] })).toEqual([]);
    expect(fallbacksAfter(CLAUDE)).toEqual(["anthropic/mine"]);
  });

  it("have what the model has by the gateway's URL", () => {
    const modelGateway = { form: "url", url: "https://models.example" } as const;
    const settings = mergeSettings({}, openclawSettings({ ...CLAUDE, fallbackModels, modelGateway }, REFS));
    expect(settings).toMatchObject({
      models: { providers: { anthropic: { models: [{ compat: { codeMode: "preferred" } }, {}, {}] } } },
    });
  });
});

it("a customer's own settings stay beside Berth's; former references of Berth's go", () => {
  const before = mergeSettings({}, { ...openclawSettings(CLAUDE, REFS), ...pluginSettings("d1") });
  const own = {
    agents: { defaults: { model: { fallbacks: ["google/gemini"] }, timezone: "UTC" } },
    models: { providers: { google: { apiKey: "customers-own", models: [{ id: "gemini", name: "mine" }] } } },
    plugins: { load: { paths: ["/home/node/.openclaw/mine"] } },
  };
  const edited = mergeSettings(before, own as never);
  const wanted = {
    ...openclawSettings({ ...CLAUDE, modelProvider: "google", modelId: "gemini" }, REFS),
    ...pluginSettings("d1"),
  };
  const { models, agents, plugins } = mergeSettings(edited, wanted) as {
    models: { providers: Record<string, { apiKey?: unknown; models: unknown[] }> };
    agents: unknown;
    plugins: { load: { paths: string[] } };
  };
  expect(models.providers.anthropic).not.toHaveProperty("apiKey");
  expect(models.providers.google?.models).toEqual([{ id: "gemini", name: "mine" }]);
  expect(agents).toMatchObject({
    defaults: { timezone: "UTC", model: { primary: "google/gemini", fallbacks: ["google/gemini"] } },
  });
  expect(plugins.load.paths).toEqual(["/home/node/.openclaw/mine", "/run/berth/plugin"]);
  expect(mergeSettings(mergeSettings(edited, wanted), wanted)).toEqual(mergeSettings(edited, wanted));
});

describe("by the model gateway", () => {
  const NAMES = { form: "names" } as const;
  const GATEWAY_URL = { form: "url", url: "https://models.example.com/" } as const;
  const providersOf = (assistant: Assistant, before = {}) => {
    const { models } = mergeSettings(before, openclawSettings(assistant, REFS)) as {
      models: { providers: Record<string, Record<string, unknown>> };
    };
    return models.providers;
  };

  it.each([
    ["anthropic", "https://api.anthropic.com", "anthropic-messages"],
    ["openai", "https://api.openai.com/v1", undefined],
    ["google", "https://generativelanguage.googleapis.com/v1beta", "google-generative-ai"],
    ["openrouter", "https://openrouter.ai/api/v1", undefined],
    ["xai", "https://api.x.ai/v1", undefined],
  ] as const)(
    "named %s keeps its own address, its key's place and its row",
    (modelProvider, baseUrl, api) => {
      const assistant = { ...CLAUDE, modelProvider };
      const direct = providersOf(assistant)[modelProvider];
      const named = { baseUrl, ...(api && { api }), request: { allowPrivateNetwork: true } };
      expect(providersOf({ ...assistant, modelGateway: NAMES })[modelProvider]).toEqual({
        ...direct,
        ...named,
      });
    },
  );

  it.each([
    ["anthropic", "https://models.example.com/anthropic", "anthropic-messages"],
    ["openai", "https://models.example.com/openai/v1", "openai-responses"],
    ["google", "https://models.example.com/google/v1beta", "google-generative-ai"],
    ["openrouter", "https://models.example.com/openrouter/api/v1", "openai-completions"],
    ["xai", "https://models.example.com/xai/v1", "openai-responses"],
  ] as const)("%s by a URL is below the path of its name", (modelProvider, baseUrl, api) => {
    const assistant = { ...CLAUDE, modelProvider, modelGateway: GATEWAY_URL };
    expect(providersOf(assistant)[modelProvider]).toMatchObject({ baseUrl, api });
  });

  it.each([
    ["anthropic", "claude-sonnet-5", { codeMode: "preferred" }],
    ["anthropic", "claude-haiku-4-5", undefined],
    ["openai", "gpt-5.4", { supportsPromptCacheKey: true, supportsInstructions: true }],
    ["openrouter", "anthropic/claude-sonnet-4.6", { cacheControlFormat: "anthropic" }],
    ["openrouter", "openai/gpt-6-sol", undefined],
  ] as const)("%s %s by a URL is used as it is at its own address", (modelProvider, modelId, compat) => {
    const assistant = { ...CLAUDE, modelProvider, modelId, modelGateway: GATEWAY_URL };
    const rows = providersOf(assistant)[modelProvider]?.models;
    expect(rows).toEqual([expect.objectContaining({ id: modelId, name: modelId })]);
    expect((rows as { compat?: unknown }[])[0]?.compat).toEqual(compat);
  });

  it.each(MODEL_PROVIDERS)(
    "nothing of one form of %s is left by another, nor by another provider",
    (modelProvider) => {
      const modelId = modelProvider === "openrouter" ? "anthropic/claude-opus-5" : CLAUDE.modelId;
      const forms = [undefined, NAMES, GATEWAY_URL].map((modelGateway) => ({
        ...CLAUDE,
        modelProvider,
        modelId,
        modelGateway,
      }));
      for (const from of forms)
        for (const to of forms)
          expect(providersOf(to, mergeSettings({}, openclawSettings(from, REFS)))).toEqual(providersOf(to));
    },
  );

  it("a provider that is no longer used keeps its rows alone, and a customer's own words on a model", () => {
    const forms = [undefined, NAMES, GATEWAY_URL].map((modelGateway) => ({ ...CLAUDE, modelGateway }));
    const own = { id: "claude-opus-5", name: "mine", compat: { codeMode: "capable", supportsTools: false } };
    const before = mergeSettings({ models: { providers: { anthropic: { models: [own] } } } }, {});
    for (const form of forms) {
      const edited = mergeSettings(before, openclawSettings(form, REFS));
      expect(providersOf(form, edited).anthropic?.models).toEqual([expect.objectContaining(own)]);
    }
    const google = { ...CLAUDE, modelProvider: "google", modelGateway: NAMES } as const;
    const changed = providersOf(google, mergeSettings({}, openclawSettings(forms[1] ?? CLAUDE, REFS)));
    expect(Object.keys(changed.anthropic ?? {})).toEqual(["models"]);
  });

  it("takes the place of a customer's own address, which stays without it; so do other providers' and requests", () => {
    const own = {
      models: {
        providers: {
          anthropic: { baseUrl: "https://proxy.example.com", request: { headers: { "x-mine": "1" } } },
          groq: { baseUrl: "http://10.0.0.1", apiKey: "own", request: { allowPrivateNetwork: true } },
        },
      },
    };
    const direct = mergeSettings(own, openclawSettings(CLAUDE, REFS));
    expect(direct).toMatchObject(own);
    const { anthropic, groq } = providersOf({ ...CLAUDE, modelGateway: NAMES }, direct);
    expect(anthropic).toMatchObject({
      baseUrl: "https://api.anthropic.com",
      request: { headers: { "x-mine": "1" }, allowPrivateNetwork: true },
    });
    expect(groq).toEqual(own.models.providers.groq);
    const back = providersOf(CLAUDE, { models: { providers: { anthropic, groq } } }).anthropic;
    expect(back).not.toHaveProperty("baseUrl");
    expect(back?.request).toEqual({ headers: { "x-mine": "1" } });
  });
});

describe("a compatible server", () => {
  const GROQ = "https://api.groq.com/openai/v1";
  const assistant = {
    ...CLAUDE,
    modelProvider: "openai-compatible",
    modelId: "meta-llama/llama-3.3",
    baseUrl: GROQ,
  } as const;
  const OWN = { compat: { maxTokensField: "max_tokens", supportsUsageInStreaming: true } };
  const row = { id: "meta-llama/llama-3.3", name: "meta-llama/llama-3.3", ...OWN };
  const key = { source: "file", provider: "berth", id: "/models/openai-compatible" };
  const FORMS = [
    [undefined, { baseUrl: GROQ }],
    [
      { form: "names" },
      { baseUrl: "https://compatible.berth.invalid/v1", request: { allowPrivateNetwork: true } },
    ],
    [
      { form: "url", url: "https://models.example.com/" },
      { baseUrl: "https://models.example.com/openai-compatible/v1", request: { allowPrivateNetwork: true } },
    ],
  ] as const;
  const settled = (wanted: Assistant, before = {}) =>
    mergeSettings(before, openclawSettings(wanted, REFS)) as {
      agents: { defaults: { model: { primary: string } } };
      models: { providers: Record<string, Record<string, unknown>> };
    };

  it.each(FORMS)("is one of OpenClaw's own providers, by the gateway %o", (modelGateway, there) => {
    const { agents, models } = settled({ ...assistant, modelGateway });
    expect(agents.defaults.model.primary).toBe("openai-compatible/meta-llama/llama-3.3");
    expect(models.providers["openai-compatible"]).toEqual({
      apiKey: key,
      api: "openai-completions",
      models: [row],
      ...there,
    });
  });

  it.each(FORMS)("nothing of it is left by another way, server or provider, from %o", (modelGateway) => {
    const before = settled({ ...assistant, modelGateway });
    for (const [to] of FORMS)
      expect(settled({ ...assistant, modelGateway: to }, before)).toEqual(
        settled({ ...assistant, modelGateway: to }),
      );
    // Mistral refuses to be asked for its usage.
    const mistral = settled({ ...assistant, baseUrl: "https://api.mistral.ai/v1" }, before);
    expect(mistral.models.providers["openai-compatible"]?.models).toEqual([
      { ...row, compat: { maxTokensField: "max_tokens" } },
    ]);
    // OpenClaw refuses one without an address.
    expect(settled(CLAUDE, before)).toEqual(settled(CLAUDE));
  });

  it("keeps what a customer says of its models, and a customer's own of that name", () => {
    const before = settled(assistant);
    const mine = { ...row, contextWindow: 8_000, compat: { ...OWN.compat, supportsTools: false } };
    (before.models.providers["openai-compatible"] as { models: unknown }).models = [mine];
    expect(settled(assistant, before).models.providers["openai-compatible"]?.models).toEqual([
      { ...mine, compat: { supportsTools: false } },
    ]);
    const own = { baseUrl: "https://mine.example.com", apiKey: "own", models: [] };
    const models = { providers: { "openai-compatible": own } };
    expect(settled(CLAUDE, { models }).models.providers["openai-compatible"]).toEqual(own);
  });
});
