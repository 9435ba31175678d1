// What a model's provider says of a key and a model, asked where it costs nothing. A warning must be sure: whatever is
// not plainly a refusal (a proxy's page, a country that is not served, a key without the right to ask) says nothing.
import { z } from "zod";
import { askCompatible } from "./compatible-api.ts";
import { COMPATIBLE, type KnownProvider, type ModelProvider, modelName } from "./openclaw.ts";
import { providerOrigin } from "./provider-addresses.ts";
import { acceptedIfOk, bearer, get, isJson, listed, type Verdict } from "./provider-call.ts";
import type { Strangers } from "./strangers.ts";

export type { Verdict } from "./provider-call.ts";

/** Where each provider's API is. */
export const MODEL_APIS: Readonly<Record<KnownProvider, string>> = {
  anthropic: providerOrigin("anthropic"),
  openai: providerOrigin("openai"),
  google: providerOrigin("google"),
  openrouter: providerOrigin("openrouter"),
  xai: providerOrigin("xai"),
};

/** Absent strangers: servers of customers' own are not asked. */
export type ModelApis = typeof MODEL_APIS & { readonly strangers?: Strangers };

export interface Asked {
  readonly modelProvider: ModelProvider;
  readonly modelId: string;
  readonly key: string;
  /** Of a compatible server. */
  readonly baseUrl?: string | undefined;
}

/** Asks the provider whether it takes the key and has the model. Never throws; the key is in a header alone. */
export async function askProvider(
  apis: ModelApis,
  { modelProvider, modelId, key, baseUrl = "" }: Asked,
): Promise<Verdict> {
  const model = modelName(modelProvider, modelId);
  try {
    if (modelProvider === COMPATIBLE) return await askCompatible({ ...apis, baseUrl, key }, model);
    return await ASK[modelProvider](apis[modelProvider], model, key);
  } catch {
    return "no answer";
  }
}

/** OpenClaw's own short names for Gemini models: Google knows none of them. */
const OPENCLAW_GEMINI_NAMES: readonly string[] = [
  "gemini-3-pro",
  "gemini-3-pro-preview",
  "gemini-3-flash",
  "gemini-3.1-pro",
  "gemini-3.1-flash",
  "gemini-3.1-flash-preview",
  "gemini-3.1-flash-lite-preview",
];

const ASK: Readonly<Record<KnownProvider, (base: string, model: string, key: string) => Promise<Verdict>>> = {
  /** https://platform.claude.com/docs/en/api/models/retrieve; aliases are resolved. `opus` and the like are OpenClaw's. */
  async anthropic(base, model, key) {
    const headers = { "x-api-key": key, "anthropic-version": "2023-06-01" };
    const answer = await get(`${base}/v1/models/${encodeURIComponent(model)}`, headers);
    if (answer.status === 401 && answer.text.includes("authentication_error")) return "key refused";
    if (answer.status === 404 && answer.text.includes("not_found_error"))
      return /^claude-[\w.-]+$/.test(model) ? "model unknown" : "accepted";
    return acceptedIfOk(answer);
  },

  /** https://platform.openai.com/docs/api-reference/models/retrieve; a key that may not list models is 401 or 403, too. */
  async openai(base, model, key) {
    const answer = await get(`${base}/v1/models/${encodeURIComponent(model)}`, bearer(key));
    if (answer.status === 401 && /invalid_api_key|account_deactivated/.test(answer.text))
      return "key refused";
    if (answer.status === 404 && answer.text.includes("model_not_found"))
      return /^[\w.-]+$/.test(model) ? "model unknown" : "accepted";
    return acceptedIfOk(answer);
  },

  /** https://ai.google.dev/api/models#method:-models.get; a wrong key is 400. */
  async google(base, model, key) {
    const answer = await get(`${base}/v1beta/models/${encodeURIComponent(model)}`, { "x-goog-api-key": key });
    if (answer.status === 400 && answer.text.includes("API_KEY_INVALID")) return "key refused";
    if (answer.status === 404 && answer.text.includes("NOT_FOUND"))
      return /^[\w.-]+$/.test(model) && !OPENCLAW_GEMINI_NAMES.includes(model) ? "model unknown" : "accepted";
    return acceptedIfOk(answer);
  },

  /** https://openrouter.ai/docs/api-reference; its list has no presets (`@preset/…`) and no `~vendor/…-latest`. */
  async openrouter(base, model, key) {
    const answer = await get(`${base}/api/v1/key`, bearer(key));
    if (answer.status === 401 && isJson(answer.text)) return "key refused";
    if (answer.status !== 200 || !/^[\w.-]+\/[\w.:-]+$/.test(model)) return acceptedIfOk(answer);
    const { data } = OpenRouterModels.parse(await listed(`${base}/api/v1/models`, {}));
    const names = data.flatMap(({ id, canonical_slug }) => [id, canonical_slug ?? id]);
    return names.some((name) => withoutVariant(name) === withoutVariant(model))
      ? "accepted"
      : "model unknown";
  },

  /** https://docs.x.ai/docs/api-reference; a wrong key is 400, and `…-latest` may be OpenClaw's. */
  async xai(base, model, key) {
    const answer = await get(`${base}/v1/language-models`, bearer(key));
    const isRefused = answer.status === 400 || answer.status === 401;
    if (isRefused && /incorrect.{1,3}API.{1,3}key/i.test(answer.text)) return "key refused";
    if (answer.status !== 200 || !/^grok-[\w.-]+$/.test(model) || model.endsWith("-latest"))
      return acceptedIfOk(answer);
    const { models } = XaiModels.parse(JSON.parse(answer.text));
    const isKnown = models.some(({ id, aliases }) => [id, ...aliases].includes(model));
    return isKnown ? "accepted" : "model unknown";
  },
};

const OpenRouterModels = z.object({
  data: z.array(z.object({ id: z.string(), canonical_slug: z.string().nullish() })).min(1),
});
const XaiModels = z.object({
  models: z.array(z.object({ id: z.string(), aliases: z.array(z.string()).default([]) })).min(1),
});

/** `vendor/model:free` and the like are the same model, bought in another way. */
function withoutVariant(name: string): string {
  return name.replace(/:.*$/, "");
}
