// What Berth warns of when it has asked an assistant's provider about its key and its models.
import { expect, it } from "vitest";
import type { Verdict } from "../../../infra/assistant/model-apis.ts";
import { modelCause } from "../../../stacks/watch/model-cause.ts";

const BYOK = { api_mode: "byok", model_provider: "anthropic", model_id: "opus" } as const;

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
  expect(modelCause(deployment, verdicts)).toEqual(message && { code: "MODEL_UNKNOWN", message });
});

it.each([
  ["byok", /^anthropic refuses the model key.*PATCH modelApiKey\.$/],
  ["managed", /^anthropic refuses the operator's model key.*Your settings are not at fault\.$/],
] as const)("of a key in mode %s that is refused, whatever models there are", (api_mode, message) => {
  const deployment = { ...BYOK, api_mode, fallback_models: ["sonnet"] };
  expect(modelCause(deployment, ["key refused", "accepted"])).toEqual({
    code: "MODEL_KEY_REFUSED",
    message: expect.stringMatching(message),
  });
});

it("of a model without fallbacks, as before", () => {
  expect(modelCause({ ...BYOK, fallback_models: null }, ["model unknown"])?.message).toBe(
    'anthropic has no model "opus", or not for this key. The assistant runs, but can\'t answer until that is mended: PATCH modelId.',
  );
});
