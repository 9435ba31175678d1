import { expect, it } from "vitest";
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
