import { describe, expect, it } from "vitest";
import type { Spend } from "../../../infra/gateway/access.ts";
import { NOTHING_ASKED } from "../../../infra/gateway/asked.ts";
import { feesOf } from "../../../infra/gateway/fees.ts";
import { NO_HOSTED_USES } from "../../../infra/gateway/hosted-tools.ts";
import { outcomeOf } from "../../../infra/gateway/outcome.ts";
import { withPremium } from "../../../infra/gateway/premium.ts";
import { PRICE_TABLE, pricesOf } from "../../../infra/gateway/prices.ts";
import { PROVIDERS, type Route } from "../../../infra/gateway/providers.ts";
import { addSaid, figuresOf, type Said, saidIn, usageOf } from "../../../infra/gateway/usage.ts";
import { worstCase } from "../../../infra/gateway/worst-case.ts";
import { fc } from "../../support/fast-check.ts";

const WORST: Spend = { tokens: 1_000, microdollars: 1 };
const price = pricesOf();
const fees = feesOf();

function route(provider: keyof typeof PROVIDERS, path: string): Route {
  const found = PROVIDERS[provider].routes.find((one) => one.path.test(path));
  if (!found) throw new Error(path);
  return found;
}

function allSaid(events: readonly unknown[]): Said | undefined {
  return events
    .map(saidIn)
    .filter((said) => said !== undefined)
    .reduce<Said | undefined>(addSaid, undefined);
}

function counted(provider: keyof typeof PROVIDERS, path: string, ...events: readonly unknown[]) {
  const { usage } = route(provider, path);
  const said = allSaid(events);
  const figures = usage && said && figuresOf(usage, said, WORST);
  return figures && usageOf(figures);
}

describe("what a provider's documentation shows", () => {
  it.each([
    // https://platform.claude.com/docs/en/api/messages
    [
      "anthropic",
      "/v1/messages",
      {
        usage: {
          input_tokens: 2_095,
          cache_creation_input_tokens: 300,
          cache_read_input_tokens: 1_000,
          cache_creation: { ephemeral_5m_input_tokens: 100, ephemeral_1h_input_tokens: 200 },
          output_tokens: 503,
          server_tool_use: { web_search_requests: 0 },
          service_tier: "standard",
        },
      },
      { input: 3_395, cachedInput: 1_000, cacheWrites: 300, output: 503 },
    ],
    // https://platform.openai.com/docs/api-reference/responses
    [
      "openai",
      "/v1/responses",
      {
        usage: {
          input_tokens: 328,
          input_tokens_details: { cached_tokens: 128 },
          output_tokens: 52,
          output_tokens_details: { reasoning_tokens: 0 },
          total_tokens: 380,
        },
      },
      { input: 328, cachedInput: 128, cacheWrites: 0, output: 52 },
    ],
    // https://platform.openai.com/docs/api-reference/chat
    [
      "openai",
      "/v1/chat/completions",
      {
        usage: {
          prompt_tokens: 1_117,
          completion_tokens: 46,
          total_tokens: 1_163,
          prompt_tokens_details: { cached_tokens: 1_024, audio_tokens: 0 },
          completion_tokens_details: { reasoning_tokens: 20, audio_tokens: 0 },
        },
      },
      { input: 1_117, cachedInput: 1_024, cacheWrites: 0, output: 46 },
    ],
    [
      "openai",
      "/v1/embeddings",
      { usage: { prompt_tokens: 8, total_tokens: 8 } },
      { input: 8, cachedInput: 0, cacheWrites: 0, output: 0 },
    ],
    // https://platform.openai.com/docs/api-reference/audio
    [
      "openai",
      "/v1/audio/transcriptions",
      {
        usage: {
          type: "tokens",
          input_tokens: 14,
          input_token_details: { text_tokens: 0, audio_tokens: 14 },
          output_tokens: 45,
          total_tokens: 59,
        },
      },
      { input: 14, cachedInput: 0, cacheWrites: 0, output: 45 },
    ],
    [
      "openai",
      "/v1/images/generations",
      {
        usage: {
          input_tokens: 50,
          input_tokens_details: { text_tokens: 10, image_tokens: 40 },
          output_tokens: 4_160,
          total_tokens: 4_210,
        },
      },
      { input: 50, cachedInput: 0, cacheWrites: 0, output: 4_160 },
    ],
    // https://ai.google.dev/api/generate-content#UsageMetadata
    [
      "google",
      "/v1beta/models/gemini-x:generateContent",
      {
        usageMetadata: {
          promptTokenCount: 264,
          cachedContentTokenCount: 200,
          candidatesTokenCount: 80,
          thoughtsTokenCount: 1_000,
          toolUsePromptTokenCount: 36,
          totalTokenCount: 1_380,
          promptTokensDetails: [
            { modality: "TEXT", tokenCount: 6 },
            { modality: "IMAGE", tokenCount: 258 },
          ],
        },
      },
      { input: 300, cachedInput: 200, cacheWrites: 0, output: 1_080 },
    ],
    // https://openrouter.ai/docs/use-cases/usage-accounting
    [
      "openrouter",
      "/api/v1/chat/completions",
      {
        usage: {
          prompt_tokens: 194,
          completion_tokens: 2,
          total_tokens: 196,
          cost: 0.95,
          cost_details: { upstream_inference_cost: 19 },
          prompt_tokens_details: { cached_tokens: 100, cache_write_tokens: 50, audio_tokens: 0 },
          completion_tokens_details: { reasoning_tokens: 0 },
        },
      },
      { input: 194, cachedInput: 100, cacheWrites: 50, output: 2 },
    ],
    // https://docs.x.ai/docs/api-reference: its completion_tokens don't include thinking.
    [
      "xai",
      "/v1/chat/completions",
      {
        usage: {
          prompt_tokens: 32,
          completion_tokens: 9,
          total_tokens: 135,
          prompt_tokens_details: { text_tokens: 32, cached_tokens: 6 },
          completion_tokens_details: { reasoning_tokens: 94 },
        },
      },
      { input: 32, cachedInput: 6, cacheWrites: 0, output: 103 },
    ],
  ] as const)("of %s %s", (provider, path, event, usage) => {
    expect(counted(provider, path, event)).toEqual(usage);
  });
});

describe("a provider that lies", () => {
  const tells = (...usages: readonly object[]) =>
    counted("anthropic", "/v1/messages", ...usages.map((usage) => ({ usage })));

  it.each([
    ["fractions", { input_tokens: 1.2, output_tokens: 0.1 }, 2, 1],
    ["absurd figures", { input_tokens: 1e300, output_tokens: 7e15 }, 1_000_000, 1_000_000],
  ])("with %s is bounded", (_what, usage, input, output) => {
    expect(tells(usage)).toMatchObject({ input, output });
  });
  it("with figures that become less again is held to the most that it has said", () => {
    expect(
      tells({ input_tokens: 9, output_tokens: 90 }, { output_tokens: 5 }, { output_tokens: null }),
    ).toMatchObject({
      input: 9,
      output: 90,
    });
  });
  it("with more cached input than input has had so much input", () => {
    const usage = { input_tokens: 10, input_tokens_details: { cached_tokens: 500 }, output_tokens: 1 };
    expect(counted("openai", "/v1/responses", { usage })).toMatchObject({ input: 500, cachedInput: 500 });
  });
  it.each([
    ["negative figures", { input_tokens: -5, output_tokens: -1 }],
    ["words", { input_tokens: "10", output_tokens: "2" }],
    ["half of it", { input_tokens: 10 }],
    ["nothing", {}],
  ])("with %s has said nothing", (_what, usage) => {
    expect(tells(usage)).toBeUndefined();
  });
  it("with ever new names takes no more memory", () => {
    const events = Array.from({ length: 1_000 }, (_, n) => ({
      usage: { [`name${n}`]: n, output_tokens: 3 },
    }));
    expect(Object.keys(allSaid(events)?.usage ?? {})).toHaveLength(64);
  });
  it("with whatever it is never breaks the count", () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (first, second) => {
        const said = allSaid([{ usage: first }, { usage: second }]);
        for (const { routes } of Object.values(PROVIDERS))
          for (const { usage } of routes) {
            const figures = usage && said && figuresOf(usage, said, WORST);
            const numbers = figures ? Object.values(usageOf(figures)) : [];
            expect(numbers.every((one) => Number.isInteger(one) && one >= 0 && one <= 3_000_000)).toBe(true);
          }
      }),
    );
  });
});

describe("prices", () => {
  it.each([
    ["anthropic", "claude-haiku-4-5", { input_tokens: 1_000_000, output_tokens: 1_000_000 }, 6_000_000],
    ["anthropic", "claude-haiku-4-5", { input_tokens: 1_000, cache_read_tokens: 1_000 }, 100],
    ["anthropic", "claude-haiku-4-5", { input_tokens: 1_000, cache_write_tokens: 1_000 }, 1_250],
    ["openai", "whisper-1", { audio_seconds: 60 }, 6_000],
    ["openai", "gpt-5.4", { input_tokens: 1, output_tokens: 0 }, 3],
    ["openrouter", "anthropic/claude-sonnet-4.6", { input_tokens: 1_000_000, output_tokens: 0 }, 3_000_000],
    ["xai", "grok-4.3", { input_tokens: 100_000, output_tokens: 0 }, 125_000],
    ["google", "gemini-3.1-pro-preview", { input_tokens: 100_000, output_tokens: 0 }, 200_000],
    ["openai", "a-model-of-tomorrow", { input_tokens: 1, output_tokens: 1 }, null],
  ] as const)("of %s's %s for %j are %s", (provider, model, figures, microdollars) => {
    expect(price(provider, model, figures)).toBe(microdollars);
  });
  it("of the operator's own table go before them", () => {
    const table = PRICE_TABLE.parse({
      openai: { "gpt-5.4": { input: 1, cachedInput: 0.5, output: 2 }, "*": { input: 0, output: 0 } },
    });
    const own = pricesOf(table);
    const figures = { input_tokens: 1_000_000, cache_read_tokens: 400_000, output_tokens: 100_000 };
    expect(own("openai", "gpt-5.4", figures)).toBe(600_000 + 200_000 + 200_000);
    expect(own("openai", "llama", figures)).toBe(0);
    expect(own("xai", "grok-4.3", { input_tokens: 100_000, output_tokens: 0 })).toBe(125_000);
    expect(PRICE_TABLE.safeParse({ openai: { x: { input: -1, output: 0 } } }).success).toBe(false);
    expect(PRICE_TABLE.safeParse({ nobody: {} }).success).toBe(false);
  });
});

describe("a request that is to be faster", () => {
  const figures = { input_tokens: 1_000_000, output_tokens: 0 };
  it.each([
    ["anthropic", "claude-opus-5", ["fast"], 2],
    ["anthropic", "claude-opus-4-6", ["fast"], 6],
    ["openai", "gpt-5.4", ["priority"], 2.5],
    ["openai", "gpt-5.4", ["ultrafast"], 6],
    ["openai", "gpt-5.4", ["auto", "priority"], 2.5],
    ["openai", "gpt-5.4", ["a-tier-of-tomorrow"], 2.5],
    ["openai", "gpt-5.4", ["flex"], 1],
    ["anthropic", "claude-haiku-4-5", ["standard_only"], 1],
    ["anthropic", "claude-haiku-4-5", [], 1],
  ] as const)("%s's %s as %j costs %d times as much", (provider, model, paces, times) => {
    const listed = price(provider, model, figures) ?? Number.NaN;
    expect(withPremium(price, { paces })(provider, model, figures)).toBe(listed * times);
  });
  it("has no price where the list has none", () => {
    expect(withPremium(price, { paces: ["fast"] })("openai", "a-model-of-tomorrow", figures)).toBeNull();
  });
});

describe("the worst case", () => {
  const asked = { ...NOTHING_ASKED, model: "x", mostOutput: 100 };
  const base = {
    provider: "anthropic",
    kind: "text",
    model: "claude-haiku-4-5",
    bytes: 1_000,
    asked,
  } as const;

  it("is a token for each byte, and all the output that may come", () => {
    // Input as a cache write, the dearest.
    expect(worstCase(base, price, fees)).toEqual({ tokens: 1_100, microdollars: 1_250 + 500 });
    expect(worstCase({ ...base, asked: { ...asked, answers: 3 } }, price, fees).tokens).toBe(1_300);
    expect(worstCase({ ...base, asked: { ...asked, mostOutput: undefined } }, price, fees).tokens).toBe(
      66_536,
    );
  });
  it("is nothing for what costs nothing, and without a price where none is known", () => {
    expect(worstCase({ ...base, kind: "count" }, price, fees)).toEqual({ tokens: 0, microdollars: 0 });
    expect(worstCase({ ...base, model: "unknown" }, price, fees)).toEqual({
      tokens: 1_100,
      microdollars: null,
    });
  });
  it("counts where nothing was said although it may have been worked", () => {
    const ended = {
      provider: "openrouter",
      model: "openrouter/auto",
      asked,
      worst: WORST,
      durationMs: 5,
    } as const;
    const on = route("openrouter", "/api/v1/chat/completions");
    const passed = { status: 200, mayHaveWorked: true, said: undefined, isWhole: true, bytes: 10 };
    expect(outcomeOf({ ...ended, route: on }, passed, price, fees)).toMatchObject({
      usage: null,
      microdollars: null,
    });
    const said = {
      usage: { prompt_tokens: 1, completion_tokens: 1, cost: 0.0000015 },
      isFinal: true,
      hosted: NO_HOSTED_USES,
    };
    // The price of a model that OpenRouter chooses is what it says that it has charged.
    expect(outcomeOf({ ...ended, route: on }, { ...passed, said }, price, fees).microdollars).toBe(2);
    const absurd = { ...said, usage: { ...said.usage, cost: 1e9 } };
    expect(outcomeOf({ ...ended, route: on }, { ...passed, said: absurd }, price, fees).microdollars).toBe(
      1_000_000,
    );
    // Of a model that is on the list, the dearer of the two.
    const listed = { ...ended, route: on, model: "anthropic/claude-sonnet-4.6" };
    expect(outcomeOf(listed, { ...passed, said }, price, fees).microdollars).toBe(18);
  });
});
