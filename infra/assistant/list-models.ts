// The models that a provider has for a key, by its own list. Of Google's, those that answer messages.
import { z } from "zod";
import { listCompatible } from "./compatible-api.ts";
import type { ModelApis } from "./model-apis.ts";
import { COMPATIBLE, type KnownProvider, type ModelProvider } from "./openclaw.ts";
import { bearer, listed } from "./provider-call.ts";

export interface ListedModel {
  readonly id: string;
  /** For people. */
  readonly name: string;
}

/** Whose models, and by which key. */
export interface Offer {
  readonly provider: ModelProvider;
  /** Absent for what a compatible server shows everybody. */
  readonly key?: string | undefined;
  /** Of a compatible server. */
  readonly baseUrl?: string | undefined;
}

/** In the provider's order. @throws Error when the provider does not answer with a list, or refuses the key */
export async function listModels(
  apis: ModelApis,
  { provider, key, baseUrl = "" }: Offer,
): Promise<ListedModel[]> {
  if (provider === COMPATIBLE) return listCompatible({ ...apis, baseUrl, key });
  return LIST[provider](apis[provider], key ?? "");
}

const LIST: Readonly<Record<KnownProvider, (base: string, key: string) => Promise<ListedModel[]>>> = {
  /** https://platform.claude.com/docs/en/api/models/list */
  async anthropic(base, key) {
    const headers = { "x-api-key": key, "anthropic-version": "2023-06-01" };
    const { data } = Anthropic.parse(await listed(`${base}/v1/models?limit=1000`, headers));
    return data.map(({ id, display_name }) => ({ id, name: display_name ?? id }));
  },

  /** https://platform.openai.com/docs/api-reference/models/list */
  async openai(base, key) {
    const { data } = Ids.parse(await listed(`${base}/v1/models`, bearer(key)));
    return data.map(({ id }) => ({ id, name: id }));
  },

  /** https://ai.google.dev/api/models#method:-models.list */
  async google(base, key) {
    const url = `${base}/v1beta/models?pageSize=1000`;
    const { models } = Google.parse(await listed(url, { "x-goog-api-key": key }));
    return models
      .filter(({ supportedGenerationMethods: methods }) => methods?.includes("generateContent") ?? true)
      .map(({ name, displayName }) => ({ id: name.replace(/^models\//, ""), name: displayName ?? name }));
  },

  /** https://openrouter.ai/docs/api-reference/list-available-models: the same for every key */
  async openrouter(base, key) {
    const { data } = OpenRouter.parse(await listed(`${base}/api/v1/models`, bearer(key)));
    return data.map(({ id, name }) => ({ id, name: name ?? id }));
  },

  /** https://docs.x.ai/docs/api-reference */
  async xai(base, key) {
    const { models } = Xai.parse(await listed(`${base}/v1/language-models`, bearer(key)));
    return models.map(({ id }) => ({ id, name: id }));
  },
};

const Anthropic = z.object({
  data: z.array(z.object({ id: z.string(), display_name: z.string().optional() })),
});
const Ids = z.object({ data: z.array(z.object({ id: z.string() })) });
const Google = z.object({
  models: z.array(
    z.object({
      name: z.string(),
      displayName: z.string().optional(),
      supportedGenerationMethods: z.array(z.string()).optional(),
    }),
  ),
});
const OpenRouter = z.object({ data: z.array(z.object({ id: z.string(), name: z.string().optional() })) });
const Xai = z.object({ models: z.array(z.object({ id: z.string() })) });
