// Which models may answer in the place of a deployment's own: its provider's, each once.
import { describe, expect, it } from "vitest";
import { assertFallbacks, fallbacksOf } from "../../../stacks/deployments/fallback-models.ts";

const NEW = { model_provider: null, model_id: null, fallback_models: null };
const CLAUDE = {
  model_provider: "anthropic",
  model_id: "claude-opus-5",
  fallback_models: ["claude-sonnet-5"],
};

describe("fallback models are taken", () => {
  it.each([
    ["of a new deployment", NEW, { modelProvider: "google", modelId: "g", fallbackModels: ["h", "i"] }],
    ["with their provider in front", CLAUDE, { fallbackModels: ["anthropic/claude-haiku-4-5"] }],
    ["none", CLAUDE, { fallbackModels: [] }],
    ["none, with another provider", CLAUDE, { modelProvider: "xai", modelId: "grok-4", fallbackModels: [] }],
    ["those of another provider with it", CLAUDE, { modelProvider: "xai", fallbackModels: ["grok-4"] }],
    ["with another model", CLAUDE, { modelId: "claude-haiku-4-5" }],
    [
      "of somebody who sells others' models",
      NEW,
      {
        modelProvider: "openrouter",
        modelId: "openrouter/auto",
        fallbackModels: ["openai/gpt-5.4", "xai/grok"],
      },
    ],
  ])("%s", (_name, before, change) => {
    expect(() => assertFallbacks(before, change)).not.toThrow();
  });
});

describe("fallback models are refused", () => {
  it.each([
    [
      "of another provider",
      { fallbackModels: ["claude-haiku-4-5", "openai/gpt-5.4"] },
      "fallbackModels.1",
      "must be a model of anthropic: the assistant has no key for openai",
    ],
    ["that are the model itself", { fallbackModels: ["claude-opus-5"] }, "fallbackModels.0", "another model"],
    ["that the model becomes", { modelId: "anthropic/claude-sonnet-5" }, "fallbackModels.0", "another model"],
    [
      "that are there twice",
      { fallbackModels: ["claude-sonnet-5", "anthropic/claude-sonnet-5"] },
      "fallbackModels.1",
      "must not be there twice",
    ],
    [
      "that another provider does not have",
      { modelProvider: "openai", modelId: "gpt-5.4" },
      "fallbackModels",
      "are models of anthropic: send those of openai in the same call, or []",
    ],
  ])("%s", (_name, change, field, message) => {
    const refusal = expect.objectContaining({
      code: "INVALID_REQUEST",
      details: [{ field, message: expect.stringContaining(message) }],
    });
    expect(() => assertFallbacks(CLAUDE, change)).toThrow(refusal);
  });
});

it("a deployment that was never told of any has none", () => {
  expect(fallbacksOf(NEW)).toEqual([]);
  expect(fallbacksOf(CLAUDE)).toEqual(["claude-sonnet-5"]);
});
