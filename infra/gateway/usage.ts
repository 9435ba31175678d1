// What a provider says was used, as one set of figures for all of them. A provider may lie, and its figures are bounded:
// never negative, never less than it has said before, never more than ten times the worst case (or a million tokens).
import { extractUsage, findProvider, type Usage } from "@pydantic/genai-prices";
import type { ModelUsage, Spend } from "./access.ts";
import { addHosted, type HostedUses, hostedIn } from "./hosted-tools.ts";
import { recordOf } from "./json-fields.ts";
import type { UsageShape } from "./providers.ts";

/** Figures as `@pydantic/genai-prices` names them; `input_tokens` includes cached input and cache writes. */
export type Figures = Usage;

/** What was read so far of one answer. */
export interface Said {
  /** The provider's own object, each number the largest of those it has said. */
  readonly usage: Values;
  /** Anthropic reports the input when it begins, with an output of one token: that is not all. */
  readonly isFinal: boolean;
  readonly hosted: HostedUses;
}

type Values = Readonly<Record<string, unknown>>;

export const NOTHING_USED: ModelUsage = { input: 0, cachedInput: 0, cacheWrites: 0, output: 0 };
/** More than this much beside each other or in each other is no usage. */
const [MOST_NAMES, DEEPEST] = [64, 4];
export const BEYOND_WORST = 10;
/** Tokens, or millionths of a dollar, that are believed in any case. */
export const LEAST_BOUND = 1_000_000;

/** The usage in an event, or in a whole answer. */
export function saidIn(json: unknown): Said | undefined {
  const event = recordOf(json);
  if (!event) return undefined;
  const final = usageAt(event) ?? usageAt(recordOf(event.response));
  const usage = final ?? usageAt(recordOf(event.message));
  if (!usage) return undefined;
  return { usage: merged({}, usage, DEEPEST), isFinal: final !== undefined, hosted: hostedIn(event) };
}

function usageAt(place: Values | undefined): Values | undefined {
  return recordOf(place?.usage) ?? recordOf(place?.usageMetadata);
}

export function addSaid(before: Said | undefined, now: Said): Said {
  if (!before) return now;
  return {
    usage: merged(before.usage, now.usage, DEEPEST),
    isFinal: before.isFinal || now.isFinal,
    hosted: addHosted(before.hosted, now.hosted),
  };
}

/** @returns undefined when it is no usage */
export function figuresOf(
  { providerId, flavor }: UsageShape,
  { usage: said }: Said,
  worst: Spend,
): Figures | undefined {
  const provider = findProvider({ providerId });
  if (!provider) return undefined;
  // Where the flavors look for it.
  const answer = { model: "", modelVersion: "", usage: said, usageMetadata: said, response: { usage: said } };
  try {
    const { usage } = extractUsage(provider, answer, flavor);
    const isTold = usage.input_tokens !== undefined || usage.output_tokens !== undefined;
    if (!isTold) return durationOf(said);
    return consistent(usage, said, Math.max(LEAST_BOUND, worst.tokens * BEYOND_WORST));
  } catch {
    return durationOf(said);
  }
}

export function usageOf(figures: Figures): ModelUsage {
  return {
    input: figures.input_tokens ?? 0,
    cachedInput: figures.cache_read_tokens ?? 0,
    cacheWrites: figures.cache_write_tokens ?? 0,
    output: figures.output_tokens ?? 0,
  };
}

/** Searches are counted by fees.ts. Cached and written input are parts of the input, and thinking is output, also where a provider forgets it. */
function consistent({ web_searches: _, ...usage }: Usage, said: Values, most: number): Figures {
  const bounded = Object.entries(usage).map(([name, value]) => [name, Math.min(Math.ceil(value ?? 0), most)]);
  const figures = Object.fromEntries(bounded) as Record<string, number>;
  const parts = (figures.cache_read_tokens ?? 0) + (figures.cache_write_tokens ?? 0);
  const input = Math.max(figures.input_tokens ?? 0, parts);
  const total = Math.min(numberOf(said.total_tokens) ?? numberOf(said.totalTokenCount) ?? 0, most);
  return {
    ...figures,
    input_tokens: input,
    output_tokens: Math.max(figures.output_tokens ?? 0, total - input),
  };
}

/** Recordings are paid by their length, where it isn't by tokens. */
function durationOf(said: Values): Figures | undefined {
  const seconds = numberOf(said.seconds);
  return seconds === undefined ? undefined : { audio_seconds: Math.min(seconds, LEAST_BOUND) };
}

/** Of xAI's unit in a dollar. */
const TICKS = 10_000_000_000;

/** Dollars, where the provider itself says what it has charged, its own tools included: OpenRouter and xAI. */
export function chargeOf({ usage }: Said): number | undefined {
  const ticks = numberOf(usage.cost_in_usd_ticks);
  if (ticks !== undefined) return ticks / TICKS;
  const cost = numberOf(usage.cost);
  // With a key of one's own there, that key's provider charges beside OpenRouter.
  const upstream =
    usage.is_byok === true ? numberOf(recordOf(usage.cost_details)?.upstream_inference_cost) : 0;
  return cost === undefined ? undefined : cost + (upstream ?? 0);
}

function merged(before: Values, now: Values, deepest: number): Values {
  const known = Object.keys(before);
  const added = Object.keys(now).filter((name) => !known.includes(name));
  const names = [...known, ...added.slice(0, MOST_NAMES - known.length)];
  return Object.fromEntries(names.map((name) => [name, larger(before[name], now[name], deepest)]));
}

function larger(before: unknown, now: unknown, deepest: number): unknown {
  // A negative one says nothing.
  if (typeof now === "number") return now < 0 ? before : Math.max(numberOf(before) ?? 0, now);
  const record = recordOf(now);
  if (record) return deepest > 0 ? merged(recordOf(before) ?? {}, record, deepest - 1) : undefined;
  // What is left out, `null` and words don't take back what was said.
  return now === undefined || typeof before === "number" ? before : now;
}

function numberOf(value: unknown): number | undefined {
  return typeof value === "number" && value >= 0 ? value : undefined;
}
