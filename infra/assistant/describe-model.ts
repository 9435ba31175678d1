// What a provider's list says of a model. Providers leave out what they don't know, or say null; what else is odd in an answer
// makes nothing of it known.
import { z } from "zod";
import { describeCompatible } from "./compatible-api.ts";
import type { Asked, ModelApis } from "./model-apis.ts";
import { COMPATIBLE, type KnownProvider, type ModelFacts, modelName } from "./openclaw.ts";
import { listed } from "./provider-call.ts";

/**
 * What the provider's list says of a model; undefined if it does not answer, or says nothing. Never throws.
 * OpenAI's list has no such facts, and xAI's has no sizes.
 */
export async function describeModel(
  apis: ModelApis,
  { modelProvider, modelId, key, baseUrl = "" }: Asked,
): Promise<ModelFacts | undefined> {
  const model = modelName(modelProvider, modelId);
  try {
    if (modelProvider === COMPATIBLE) return await describeCompatible({ ...apis, baseUrl, key }, model);
    return await DESCRIBE[modelProvider]?.(apis[modelProvider], model, key);
  } catch {
    return undefined;
  }
}

const DESCRIBE: Partial<
  Record<KnownProvider, (base: string, model: string, key: string) => Promise<ModelFacts | undefined>>
> = {
  /** https://platform.claude.com/docs/en/api/models/retrieve */
  async anthropic(base, model, key) {
    const headers = { "x-api-key": key, "anthropic-version": "2023-06-01" };
    const url = `${base}/v1/models/${encodeURIComponent(model)}`;
    const { capabilities, ...found } = AnthropicModel.parse(await listed(url, headers));
    return known({
      contextWindow: found.max_input_tokens,
      maxTokens: found.max_tokens,
      reasoning: capabilities?.thinking?.supported,
      readsImages: capabilities?.image_input?.supported,
    });
  },

  /** https://ai.google.dev/api/models#Model */
  async google(base, model, key) {
    const url = `${base}/v1beta/models/${encodeURIComponent(model)}`;
    const found = GoogleModel.parse(await listed(url, { "x-goog-api-key": key }));
    return known({
      contextWindow: found.inputTokenLimit,
      maxTokens: found.outputTokenLimit,
      reasoning: found.thinking,
      readsImages: undefined,
    });
  },

  /** https://openrouter.ai/docs/api-reference/list-available-models */
  async openrouter(base, model) {
    const { data } = OpenRouterList.parse(await listed(`${base}/api/v1/models`, {}));
    const row = data.find(({ id, canonical_slug }) => id === model || canonical_slug === model);
    if (!row) return undefined;
    const found = OpenRouterModel.parse(row);
    return known({
      contextWindow: found.context_length,
      maxTokens: found.top_provider?.max_completion_tokens,
      reasoning: found.supported_parameters?.includes("reasoning"),
      readsImages: found.architecture?.input_modalities?.includes("image"),
    });
  },
};

const size = z.number().int().positive().nullish();
const supported = z.object({ supported: z.boolean() }).nullish();
const AnthropicModel = z.object({
  max_input_tokens: size,
  max_tokens: size,
  capabilities: z.object({ thinking: supported, image_input: supported }).nullish(),
});
const GoogleModel = z.object({
  inputTokenLimit: size,
  outputTokenLimit: size,
  thinking: z.boolean().nullish(),
});
/** Of the hundreds of others an odd one must not hide this one. */
const OpenRouterList = z.object({
  data: z.array(z.looseObject({ id: z.unknown(), canonical_slug: z.unknown().optional() })),
});
const OpenRouterModel = z.object({
  context_length: size,
  top_provider: z.object({ max_completion_tokens: size }).nullish(),
  supported_parameters: z.array(z.string()).nullish(),
  architecture: z.object({ input_modalities: z.array(z.string()).nullish() }).nullish(),
});

/** Without what is not known; undefined if that is everything. */
function known(facts: {
  readonly contextWindow: number | null | undefined;
  readonly maxTokens: number | null | undefined;
  readonly reasoning: boolean | null | undefined;
  readonly readsImages: boolean | undefined;
}): ModelFacts | undefined {
  const { readsImages, ...others } = facts;
  const input = readsImages === undefined ? undefined : readsImages ? ["text", "image"] : ["text"];
  const said = Object.entries({ ...others, input }).filter(
    ([, value]) => value !== undefined && value !== null,
  );
  return said.length > 0 ? (Object.fromEntries(said) as ModelFacts) : undefined;
}
