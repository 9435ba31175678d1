import { expect, it } from "vitest";
import { dotenv, MODEL_PROVIDERS, openclawSecrets, openclawSettings } from "../../infra/openclaw.ts";

it("settings hold the model reference and nobody is answered until paired", () => {
  const settings = JSON.stringify(openclawSettings("openrouter", "anthropic/claude", []));
  expect(settings).toContain('"primary":"openrouter/anthropic/claude"');
  expect(settings).toContain('"dmPolicy":"pairing","allowFrom":[]');
  expect(settings).toContain('"mode":"local"');
});

it.each([
  ["anthropic", "anthropic/claude-opus-5", "anthropic/claude-opus-5"],
  ["google", "models/gemini-3.1-pro-preview", "google/gemini-3.1-pro-preview"],
  ["openrouter", "openrouter/auto", "openrouter/auto"],
  ["openrouter", "auto", "openrouter/auto"],
  ["openai", "anthropic/claude-opus-5", "openai/anthropic/claude-opus-5"],
] as const)("%s %s is the model %s", (modelProvider, modelId, primary) => {
  const settings = openclawSettings(modelProvider, modelId, []);
  expect(settings).toMatchObject({ agents: { defaults: { model: { primary } } } });
});

it("with an allow list, it alone says who is answered", () => {
  const settings = JSON.stringify(openclawSettings("xai", "grok", ["123456789"]));
  expect(settings).toContain('"dmPolicy":"allowlist","allowFrom":["123456789"]');
});

it("each provider's key has a name of its own", () => {
  const names = MODEL_PROVIDERS.map((modelProvider) => {
    const secrets = { modelProvider, modelApiKey: "key", telegramBotToken: "bot", gatewayToken: "gate" };
    const text = dotenv(openclawSecrets(secrets));
    expect(text).toContain("OPENCLAW_GATEWAY_TOKEN='gate'\nTELEGRAM_BOT_TOKEN='bot'\n");
    return text.split("\n").find((line) => line.endsWith("_API_KEY='key'"));
  });
  expect(new Set(names).size).toBe(MODEL_PROVIDERS.length);
  expect(names).not.toContain(undefined);
});

it.each(["a\nb", "a'b", "a\\b", "a\0b"])(
  "a value that would break the file is refused: %j",
  (modelApiKey) => {
    const secrets = { modelProvider: "xai", modelApiKey, telegramBotToken: "b", gatewayToken: "g" } as const;
    expect(() => dotenv(openclawSecrets(secrets))).toThrow(/XAI_API_KEY/);
  },
);
