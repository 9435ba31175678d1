// What providers charge beside tokens, for their own tools: as fake providers report it, and as requests ask for it.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { feesOf } from "../../../infra/gateway/fees.ts";
import { openMeter } from "../../../infra/gateway/meter.ts";
import { PRICE_TABLE, pricesOf } from "../../../infra/gateway/prices.ts";
import { events, json } from "../../support/gateway/fake-provider.ts";
import { type GatewayUnderTest, startGateway } from "../../support/gateway/gateway-under-test.ts";
import { TOKEN } from "../../support/gateway/memory-access.ts";

const price = pricesOf();

let gateway: GatewayUnderTest;
beforeAll(async () => {
  gateway = await startGateway();
});
beforeEach(() => {
  gateway.access.asked.length = 0;
  gateway.access.settled.length = 0;
});
afterAll(() => gateway.close());

const sse = (...all: readonly unknown[]) =>
  events(all.map((one) => `data: ${JSON.stringify(one)}\n\n`).join(""));
const search = { type: "web_search_call", action: { type: "search", queries: ["a", "b"] } };
const look = { type: "web_search_call", action: { type: "open_page", url: "https://a.example" } };
const files = { type: "file_search_call", queries: ["c"] };
/** Words of the assistant's, which providers repeat in their answers. */
const words = {
  tools: [{ type: "function", parameters: { output: [search], enum: ["open_page", "web_search_call"] } }],
  metadata: { x: '{"type":"web_search_call"}' },
};
const text = {
  type: "message",
  content: [{ type: "output_text", text: '"type":"web_search_call"', output: [search] }],
};
const usage = { input_tokens: 100, output_tokens: 10, total_tokens: 110 };
const response = { ...words, output: [search, look, text, search, files], usage };
const found = (...webSearchQueries: string[]) => ({ content: {}, groundingMetadata: { webSearchQueries } });
const usageMetadata = { promptTokenCount: 100, candidatesTokenCount: 10, totalTokenCount: 110 };
const searched = { input_tokens: 100, output_tokens: 10, server_tool_use: { web_search_requests: 3 } };

describe("uses of a provider's own tools cost their price beside the tokens", () => {
  it.each([
    ["Anthropic's JSON", "anthropic", "claude-haiku-4-5", json({ usage: searched }), 30_000],
    [
      "Anthropic's stream",
      "anthropic",
      "claude-haiku-4-5",
      sse(
        { type: "message_start", message: { usage: { input_tokens: 100, output_tokens: 1 } } },
        { type: "message_delta", usage: searched },
      ),
      30_000,
    ],
    ["OpenAI's JSON", "openai", "gpt-5.4", json(response), 22_500],
    [
      "OpenAI's stream",
      "openai",
      "gpt-5.4",
      sse(
        { type: "response.created", response: { ...words, output: [], usage: null } },
        { type: "response.output_item.done", item: search },
        { type: "response.completed", response },
      ),
      22_500,
    ],
    [
      "Google's JSON",
      "google",
      "gemini-3.1-pro-preview",
      json({ candidates: [found("a", "b")], usageMetadata }),
      28_000,
    ],
    [
      "Google's stream, which repeats its queries",
      "google",
      "gemini-3.1-pro-preview",
      sse(
        { candidates: [found("a")], usageMetadata },
        { candidates: [found("a", "b")], usageMetadata },
        { candidates: [{ finishReason: "STOP" }], usageMetadata },
      ),
      28_000,
    ],
    [
      "Google's list of chunks",
      "google",
      "gemini-3.1-pro-preview",
      json([
        { candidates: [found("a")], usageMetadata },
        { usageMetadata, candidates: [found("a", "b"), found("c")] },
      ]),
      42_000,
    ],
    [
      "Google's JSON of a model that is charged by the prompt",
      "google",
      "gemini-2.5-flash",
      json({ candidates: [found("a", "b")], usageMetadata }),
      35_000,
    ],
    [
      "xAI's JSON",
      "xai",
      "grok-4.3",
      json({ usage: { ...usage, num_server_side_tools_used: 2, num_sources_used: 4 } }),
      110_000,
    ],
  ] as const)("%s", async (_what, provider, model, answer, fee) => {
    gateway.provider.answer = answer;
    const { settled } = await ask(provider, model);
    const tokens = price(provider, model, { input_tokens: 100, output_tokens: 10 }) ?? Number.NaN;
    expect(settled).toMatchObject({ usage: { input: 100, output: 10 }, microdollars: tokens + fee });
  });

  it("a preview's search is dearer for a model that doesn't reason, and a model that is for searching always does", async () => {
    gateway.provider.answer = json(response);
    const preview = { tools: [{ type: "web_search_preview_2025_03_11" }] };
    const listed = price("openai", "gpt-4.1", { input_tokens: 100, output_tokens: 10 }) ?? Number.NaN;
    expect((await ask("openai", "gpt-4.1", preview)).settled?.microdollars).toBe(listed + 52_500);
    gateway.provider.answer = json({ usage: { prompt_tokens: 100, completion_tokens: 10 } });
    const path = "/openai/v1/chat/completions";
    const model = "gpt-4o-search-preview";
    const tokens = price("openai", model, { input_tokens: 100, output_tokens: 10 }) ?? Number.NaN;
    expect((await ask("openai", model, {}, path)).settled?.microdollars).toBe(tokens + 25_000);
  });

  it("what xAI and OpenRouter say that they have charged counts where it is more", async () => {
    gateway.provider.answer = json({ usage: { ...usage, cost_in_usd_ticks: 377_560_000 } });
    expect((await ask("xai", "grok-4.3")).settled?.microdollars).toBe(37_756);
    const details = { upstream_inference_cost: 0.5 };
    const path = "/openrouter/api/v1/chat/completions";
    const asked = () => ask("openrouter", "openrouter/auto", {}, path);
    const chat = { prompt_tokens: 100, completion_tokens: 10, cost: 0.02, cost_details: details };
    gateway.provider.answer = json({ usage: chat });
    expect((await asked()).settled?.microdollars).toBe(20_000);
    gateway.provider.answer = json({ usage: { ...chat, is_byok: true } });
    expect((await asked()).settled?.microdollars).toBe(520_000);
  });

  it("of an answer that is broken off they count as reserved", async () => {
    gateway.provider.answer = ({ response }) => {
      response.writeHead(200, { "content-type": "text/event-stream" });
      const message = { usage: { input_tokens: 100, output_tokens: 1 } };
      response.write(`data: ${JSON.stringify({ type: "message_start", message })}\n\n`, () =>
        response.destroy(),
      );
    };
    const tools = [{ type: "web_search_20250305", name: "web_search", max_uses: 5 }];
    const { settled, admitted } = await ask("anthropic", "claude-haiku-4-5", { tools, stream: true });
    expect(settled?.microdollars).toBeGreaterThanOrEqual(50_000);
    expect(settled?.microdollars).toBeLessThan(admitted?.worst.microdollars ?? 0);
  });

  it("nobody's figures are believed beyond a thousand uses", () => {
    expect(feesOf()("anthropic", { web_search: 1e9 })).toBe(10_000_000);
  });

  it("the operator's table goes before the published prices", () => {
    const { fees } = PRICE_TABLE.parse({ fees: { openai: { web_search: 30 }, google: { search_query: 0 } } });
    expect(feesOf(fees)("openai", { web_search: 2, file_search: 1 })).toBe(62_500);
    expect(feesOf(fees)("google", { search_query: 2 })).toBe(0);
    expect(PRICE_TABLE.safeParse({ fees: { openai: { web_serach: 30 } } }).success).toBe(false);
    expect(PRICE_TABLE.safeParse({ fees: { nobody: {} } }).success).toBe(false);
  });
});

describe("a request that offers them is reserved with them", () => {
  it.each([
    ["anthropic", "claude-haiku-4-5", { tools: [{ type: "web_search_20250305", max_uses: 5 }] }, 50_000],
    ["anthropic", "claude-haiku-4-5", { tools: [{ type: "web_search_20250305" }, { name: "own" }] }, 100_000],
    ["openai", "gpt-5.4", { tools: [{ type: "web_search" }], max_tool_calls: 3 }, 30_000],
    ["openai", "gpt-5.4", { tools: [{ type: "function", name: "web_search" }] }, 0],
    ["openai", "gpt-4.1", { tools: [{ type: "web_search_preview" }, { type: "file_search" }] }, 275_000],
    ["google", "gemini-3.1-pro-preview", { tools: [{ googleSearch: {} }] }, 140_000],
    ["google", "gemini-2.5-flash", { tools: [{ functionDeclarations: [] }, { google_search: {} }] }, 35_000],
    ["xai", "grok-4.3", { tools: [{ type: "x_search" }] }, 50_000],
    ["xai", "grok-4.3", { search_parameters: { mode: "auto", max_search_results: 4 } }, 100_000],
    ["openrouter", "anthropic/claude-sonnet-4.6", { tools: [{ type: "web_search" }] }, 0],
  ] as const)("%s's %s with %j", async (provider, model, body, fee) => {
    gateway.provider.answer = json({});
    const plain = (await ask(provider, model)).admitted?.worst;
    const { worst } = (await ask(provider, model, body)).admitted ?? {};
    const longer = (worst?.tokens ?? 0) - (plain?.tokens ?? 0);
    const mostOfAByte = 50;
    expect(worst?.microdollars).toBeGreaterThanOrEqual((plain?.microdollars ?? 0) + fee);
    expect(worst?.microdollars).toBeLessThanOrEqual((plain?.microdollars ?? 0) + fee + longer * mostOfAByte);
  });
});

it.each([
  ["OpenAI's", response, { webSearches: 2, fileSearches: 1 }],
  [
    "Google's",
    { candidates: [found('a\\"]'), found("b", "a")], usageMetadata },
    { queries: new Set(['a\\"]', "b", "a"]) },
  ],
] as const)("uses in %s JSON are the same wherever the network cuts it", (_whose, answer, hosted) => {
  const whole = Buffer.from(JSON.stringify(answer, null, 1));
  for (let cut = 0; cut <= whole.length; cut++) {
    const meter = openMeter("application/json");
    meter.feed(whole.subarray(0, cut));
    meter.feed(whole.subarray(cut));
    expect(meter.said?.hosted).toMatchObject(hosted);
  }
});

const PATHS = {
  anthropic: "/anthropic/v1/messages",
  openai: "/openai/v1/responses",
  openrouter: "/openrouter/api/v1/chat/completions",
  xai: "/xai/v1/responses",
} as const;

/** @returns what was admitted last, and how it was settled */
async function ask(provider: keyof typeof PATHS | "google", model: string, more: object = {}, path?: string) {
  const before = gateway.access.settled.length;
  const url =
    path ?? (provider === "google" ? `/google/v1beta/models/${model}:generateContent` : PATHS[provider]);
  const body = provider === "google" ? more : { model, max_tokens: 100, ...more };
  const key = { anthropic: "x-api-key", google: "x-goog-api-key" }[provider as string] ?? "authorization";
  const answer = await fetch(gateway.url + url, {
    method: "POST",
    headers: {
      [key]: key === "authorization" ? `Bearer ${TOKEN}` : TOKEN,
      "content-type": "application/json",
    },
    body: JSON.stringify(body),
  });
  await answer.text().catch(() => undefined);
  await expect.poll(() => gateway.access.settled).toHaveLength(before + 1);
  return { admitted: gateway.access.asked.at(-1), settled: gateway.access.settled.at(-1) };
}
