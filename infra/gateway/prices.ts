// What a model's tokens cost. Prices come from `@pydantic/genai-prices`; the operator's own table goes before them.
import { calcPrice, type PriceCalculationResult, type Provider } from "@pydantic/genai-prices";
import { z } from "zod";
import { MODEL_PROVIDERS, type ModelProvider } from "../assistant/openclaw.ts";
import { FEE_TABLE } from "./fees.ts";
import { type Figures, usageOf } from "./usage.ts";

const USD_PER_MILLION = z.number().nonnegative().max(1_000_000);

const MODELS = z.record(
  z.string().min(1).max(256),
  z.strictObject({
    input: USD_PER_MILLION,
    cachedInput: USD_PER_MILLION.optional(),
    cacheWrites: USD_PER_MILLION.optional(),
    output: USD_PER_MILLION,
  }),
);

/**
 * The operator's prices: provider → model → dollars for a million tokens. `*` is every other model of the provider. What is
 * left out costs as much as input. `fees` has those beside tokens.
 */
export const PRICE_TABLE = z.strictObject({
  ...(Object.fromEntries(MODEL_PROVIDERS.map((provider) => [provider, MODELS.optional()])) as Record<
    ModelProvider,
    z.ZodOptional<typeof MODELS>
  >),
  fees: FEE_TABLE.optional(),
});
export type PriceTable = z.infer<typeof PRICE_TABLE>;

/** What a model costs at a customer's own server is nobody's list price, whatever its name. */
const PRICED_AS: Readonly<Record<ModelProvider, string | null>> = {
  anthropic: "anthropic",
  openai: "openai",
  google: "google",
  openrouter: "openrouter",
  xai: "x-ai",
  "openai-compatible": null,
};

export type Price = (provider: ModelProvider, model: string, figures: Figures) => number | null;

/** @returns a function that gives millionths of a dollar, rounded up; null where a model's price isn't known */
export function pricesOf(table: Partial<PriceTable> = {}): Price {
  return (provider, model, figures) => {
    const own = table[provider]?.[model] ?? table[provider]?.["*"];
    if (!own) return listPrice(provider, model, figures);
    const { input, cachedInput, cacheWrites, output } = usageOf(figures);
    const plain = Math.max(0, input - cachedInput - cacheWrites);
    return rounded(
      plain * own.input +
        cachedInput * (own.cachedInput ?? own.input) +
        cacheWrites * (own.cacheWrites ?? own.input) +
        output * own.output,
    );
  };
}

/** Providers with one model: of the whole list, finding a model takes longer than all else. */
const found = new Map<string, Provider | null>();
const MOST_FOUND = 1_000;

function listPrice(name: ModelProvider, model: string, figures: Figures): number | null {
  const provider = providerOf(name, model);
  if (!provider) return null;
  try {
    return microdollars(calcPrice(figures, model, { provider }));
  } catch {
    // Figures that contradict each other, such as more recordings than input: what counts is input and output.
    const { input_tokens = 0, output_tokens = 0 } = figures;
    return microdollars(calcPrice({ input_tokens, output_tokens }, model, { provider }));
  }
}

function providerOf(name: ModelProvider, model: string): Provider | null {
  const known = found.get(`${name} ${model}`);
  if (known !== undefined) return known;
  const providerId = PRICED_AS[name];
  if (providerId === null) return null;
  const price = calcPrice({ input_tokens: 0, output_tokens: 0 }, model, { providerId });
  const provider = price && { ...price.provider, models: [price.model] };
  if (found.size >= MOST_FOUND) found.clear();
  found.set(`${name} ${model}`, provider);
  return provider;
}

function microdollars(price: PriceCalculationResult): number | null {
  return price && rounded(price.total_price * 1_000_000);
}

/** Sums of floats such as 0.30000000000000004 are no reason for one more. */
function rounded(microdollars: number): number {
  return Math.max(0, Math.ceil(microdollars - 1e-6));
}
