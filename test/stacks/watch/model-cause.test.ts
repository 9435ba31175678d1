// What Berth warns of when it has asked an assistant's provider about its key and its models.
import { expect, it } from "vitest";
import type { Verdict } from "../../../infra/assistant/model-apis.ts";
import { modelCause } from "../../../stacks/watch/model-cause.ts";

const ANTHROPIC = { model_provider: "anthropic", model_id: "opus", target: "docker" } as const;
const BYOK = { ...ANTHROPIC, api_mode: "byok", model_token: null } as const;
const DIRECT = {};
const GATEWAY = {
  modelGateway: { byok: false, reach: { form: "url", url: "https://gateway.test" } },
} as const;

it.each<[string, readonly Verdict[], string | undefined]>([
  ["all are there", ["accepted", "accepted", "accepted"], undefined],
  ["nobody knows of the fallbacks", ["accepted", "no answer", "no answer"], undefined],
  [
    "the first fallback answers in its place",
    ["model unknown", "accepted", "accepted"],
    'anthropic has no model "opus", or not for this key. The fallback model "sonnet" answers meanwhile: PATCH modelId.',
  ],
  [
    "the second one does",
    ["model unknown", "model unknown", "accepted"],
    'anthropic has no model "opus" and no model "sonnet", or not for this key. The fallback model "haiku" answers meanwhile: PATCH modelId.',
  ],
  [
    "none does",
    ["model unknown", "model unknown", "model unknown"],
    'anthropic has no model "opus" and no model "sonnet" and no model "haiku", or not for this key. The assistant runs, but can\'t answer until that is mended: PATCH modelId.',
  ],
  [
    "nobody knows whether one does",
    ["model unknown", "no answer", "no answer"],
    'anthropic has no model "opus", or not for this key. The assistant runs, but can\'t answer until that is mended: PATCH modelId.',
  ],
  [
    "a fallback is not there",
    ["accepted", "accepted", "model unknown"],
    'anthropic has no model "haiku", or not for this key. A fallback model that there is not can\'t answer: PATCH fallbackModels.',
  ],
])("of models of which %s", (_name, verdicts, message) => {
  const deployment = { ...BYOK, fallback_models: ["sonnet", "haiku"] };
  expect(modelCause(DIRECT, deployment, verdicts)).toEqual(message && { code: "MODEL_UNKNOWN", message });
});

it("of a customer's key that is refused, whatever models there are", () => {
  const deployment = { ...BYOK, fallback_models: ["sonnet"] };
  expect(modelCause(DIRECT, deployment, ["key refused", "accepted"])).toEqual({
    code: "MODEL_KEY_REFUSED",
    message: expect.stringMatching(/^anthropic refuses the model key.*PATCH modelApiKey\.$/),
  });
});

it.each([
  ["the assistant has", null, DIRECT, "; then redeploy"],
  ["the gateway has", "sealed", GATEWAY, ""],
  ["the assistant got before the gateway was there", null, GATEWAY, "; then redeploy"],
  ["the gateway had, which is gone", "sealed", DIRECT, "; then redeploy"],
])("of an operator's key that is refused, which %s", (_who, model_token, settings, then) => {
  const deployment = { ...ANTHROPIC, api_mode: "managed" as const, model_token, fallback_models: ["sonnet"] };
  expect(modelCause(settings, deployment, ["key refused", "accepted"])).toEqual({
    code: "MODEL_KEY_REFUSED",
    message: `anthropic refuses the operator's model key. The assistant runs, but can't answer until that is mended: the operator has to renew it${then}. Your settings are not at fault.`,
  });
});

it("of a model without fallbacks, as before", () => {
  expect(modelCause(DIRECT, { ...BYOK, fallback_models: null }, ["model unknown"])?.message).toBe(
    'anthropic has no model "opus", or not for this key. The assistant runs, but can\'t answer until that is mended: PATCH modelId.',
  );
});
