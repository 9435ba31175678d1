// What a provider says was used, as one set of figures for all of them. A provider may lie, and its figures are bounded:
// never negative, never less than it has said before, never more than ten times the worst case (or a million tokens).
import { extractUsage, findProvider, type Usage } from "@pydantic/genai-prices";
import type { ModelUsage, Spend } from "./access.ts";
import type { UsageShape } from "./providers.ts";

/** Figures as `@pydantic/genai-prices` names them; `input_tokens` includes cached input and cache writes. */
export type Figures = Usage;

/** What was read so far of one answer: the provider's own object, each number the largest of those it has said. */
export type Said = Readonly<Record<string, unknown>>;

export const NOTHING_USED: ModelUsage = { input: 0, cachedInput: 0, cacheWrites: 0, output: 0 };
/** More than this much beside each other or in each other is no usage. */
const [MOST_NAMES, DEEPEST] = [64, 4];
const BEYOND_WORST = 10;
const LEAST_BOUND = 1_000_000;

/** The usage in an event, or in a whole answer. */
export function saidIn(json: unknown): Said | undefined {
  const event = recordOf(json);
  if (!event) return undefined;
  const places = [event, recordOf(event.response), recordOf(event.message)];
  const usage = places.map((place) => recordOf(place?.usage) ?? recordOf(place?.usageMetadata)).find(Boolean);
  return usage && merged({}, usage, DEEPEST);
}

export function addSaid(before: Said | undefined, now: Said): Said {
  return before ? merged(before, now, DEEPEST) : now;
}

/** @returns undefined when it is no usage */
export function figuresOf({ providerId, flavor }: UsageShape, said: Said, worst: Spend): Figures | undefined {
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

/** Cached and written input are parts of the input, and thinking is output, also where a provider forgets it. */
function consistent(usage: Usage, said: Said, most: number): Figures {
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
function durationOf(said: Said): Figures | undefined {
  const seconds = numberOf(said.seconds);
  return seconds === undefined ? undefined : { input_audio_seconds: Math.min(seconds, LEAST_BOUND) };
}

/** Dollars, where the provider itself says what it has charged: OpenRouter, for models that it chooses. */
export function chargeOf(said: Said): number | undefined {
  return numberOf(said.cost);
}

function merged(before: Said, now: Said, deepest: number): Said {
  const names = Object.keys(now).slice(0, MOST_NAMES);
  return {
    ...before,
    ...Object.fromEntries(names.map((name) => [name, larger(before[name], now[name], deepest)])),
  };
}

function larger(before: unknown, now: unknown, deepest: number): unknown {
  if (typeof now === "number") return Math.max(numberOf(before) ?? 0, now);
  const record = recordOf(now);
  if (record) return deepest > 0 ? merged(recordOf(before) ?? {}, record, deepest - 1) : undefined;
  // `null` and words don't take back a number.
  return typeof before === "number" ? before : now;
}

function numberOf(value: unknown): number | undefined {
  return typeof value === "number" && value >= 0 ? value : undefined;
}

function recordOf(value: unknown): Readonly<Record<string, unknown>> | undefined {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : undefined;
}
