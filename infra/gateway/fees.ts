// What providers charge for their own tools, beside tokens: THE table, how often a request may use them, and how often an
// answer has. Free quotas are left out, and a thousand uses are the most that is believed of one answer.
import { z } from "zod";
import { MODEL_PROVIDERS, type ModelProvider } from "../assistant/openclaw.ts";
import type { Asked } from "./asked.ts";
import type { Said } from "./usage.ts";

interface Fee {
  /** US dollars for a thousand uses. */
  readonly usd: number;
  /** The types of tools, or names of fields, by which a request offers it. */
  readonly offeredAs: RegExp;
}

/** As the providers published them in 2026; of live search as it was before its end. */
const FEES = {
  // https://platform.claude.com/docs/en/agents-and-tools/tool-use/web-search-tool
  anthropic: { web_search: { usd: 10, offeredAs: /^web_search/ } },
  // https://developers.openai.com/api/docs/pricing
  openai: {
    web_search: { usd: 10, offeredAs: /^web_search/ },
    // Of models that don't reason.
    web_search_preview: { usd: 25, offeredAs: /^web_search_(?:preview|options)/ },
    file_search: { usd: 2.5, offeredAs: /^file_search$/ },
  },
  // https://ai.google.dev/gemini-api/docs/pricing: since Gemini 3 by query, before by prompt.
  google: {
    search_query: { usd: 14, offeredAs: /^google_?search/i },
    grounded_prompt: { usd: 35, offeredAs: /^google_?search/i },
  },
  // https://docs.x.ai/developers/pricing
  xai: {
    server_side_tool: {
      usd: 5,
      offeredAs: /^(?:web_search|x_search|code_|file_search|collections_search|attachment_search)/,
    },
    live_search_source: { usd: 25, offeredAs: /^search_parameters$/ },
  },
  // OpenRouter says itself what it has charged, and what others charge is not known.
  openrouter: {},
  "openai-compatible": {},
} as const satisfies Readonly<Record<ModelProvider, Readonly<Record<string, Fee>>>>;

const NAMES = Object.values(FEES).flatMap((fees) => Object.keys(fees));

/** The operator's own: provider → fee → dollars for a thousand uses. */
export const FEE_TABLE = z.partialRecord(
  z.enum(MODEL_PROVIDERS),
  z.partialRecord(z.enum(NAMES), z.number().nonnegative().max(1_000_000)),
);
type FeeTable = z.infer<typeof FEE_TABLE>;

/** How often each fee is due, by its name. */
type Uses = Readonly<Record<string, number>>;

/** What the fees of a request come to, in millionths of a dollar. */
export type Fees = (provider: ModelProvider, uses: Uses) => number;

/** Where a request says no bound. */
const RESERVED_USES = 10;
const MOST_USES = 1_000;
/** Where a request of xAI's live search says no bound. */
const RESERVED_SOURCES = 20;
const BY_PROMPT = /^gemini-[12]\b/;
const REASONS_NOT = /^(?:chatgpt-|gpt-4)/;
/** They search for each request. */
const SEARCHES_ALWAYS = /-search-(?:preview|api)\b/;

export function feesOf(table: FeeTable = {}): Fees {
  return (provider, uses) => {
    const known: Readonly<Record<string, Fee>> = FEES[provider];
    const dollars = Object.entries(uses).map(
      ([name, count]) =>
        ((table[provider]?.[name] ?? known[name]?.usd ?? 0) * Math.min(count, MOST_USES)) / 1_000,
    );
    const all = dollars.reduce((sum, one) => sum + one, 0);
    return Math.max(0, Math.ceil(all * 1_000_000 - 1e-6));
  };
}

/** How often a request may use what is charged, as far as that is reserved: ten times where it says no bound. */
export function mostUses(provider: ModelProvider, model: string, asked: Asked): Uses {
  const { offered, mostToolUses } = asked.hosted;
  const most = mostToolUses ?? RESERVED_USES;
  if (provider === "openai" && SEARCHES_ALWAYS.test(model)) return webSearches(model, asked, 1);
  const fees = Object.entries<Fee>(FEES[provider]).filter(([, { offeredAs }]) =>
    offered.some((name) => offeredAs.test(name)),
  );
  const uses = Object.fromEntries(fees.map(([name]) => [name, most]));
  if (provider === "google") return fees.length === 0 ? {} : byModel(model, most);
  if (provider === "openai") {
    const { file_search = 0, web_search = 0 } = uses;
    return { ...webSearches(model, asked, web_search), file_search };
  }
  if (uses.live_search_source === undefined) return uses;
  return { ...uses, live_search_source: asked.hosted.mostSources ?? RESERVED_SOURCES };
}

/** How often an answer has used it, by what the provider says. */
export function usesIn(
  provider: ModelProvider,
  model: string,
  asked: Asked,
  { usage, hosted }: Pick<Said, "usage" | "hosted">,
): Uses {
  switch (provider) {
    case "anthropic":
      return { web_search: numberIn(usage.server_tool_use, "web_search_requests") };
    case "openai": {
      const searches = SEARCHES_ALWAYS.test(model) ? Math.max(1, hosted.webSearches) : hosted.webSearches;
      return { ...webSearches(model, asked, searches), file_search: hosted.fileSearches };
    }
    case "google":
      return byModel(model, hosted.queries.size);
    case "xai":
      return {
        server_side_tool: numberIn(usage, "num_server_side_tools_used"),
        live_search_source: numberIn(usage, "num_sources_used"),
      };
    default:
      return {};
  }
}

/** The more of each: of an answer that was broken off. */
export function atLeast(uses: Uses, least: Uses): Uses {
  const names = Object.keys({ ...uses, ...least });
  return Object.fromEntries(names.map((name) => [name, Math.max(uses[name] ?? 0, least[name] ?? 0)]));
}

function webSearches(model: string, { hosted }: Asked, count: number): Uses {
  const isPreview =
    SEARCHES_ALWAYS.test(model) ||
    hosted.offered.some((name) => FEES.openai.web_search_preview.offeredAs.test(name));
  return { [isPreview && REASONS_NOT.test(model) ? "web_search_preview" : "web_search"]: count };
}

function byModel(model: string, queries: number): Uses {
  return BY_PROMPT.test(model) ? { grounded_prompt: Math.min(queries, 1) } : { search_query: queries };
}

function numberIn(place: unknown, name: string): number {
  const value = (place as Readonly<Record<string, unknown>> | null | undefined)?.[name];
  return typeof value === "number" && value > 0 ? value : 0;
}
