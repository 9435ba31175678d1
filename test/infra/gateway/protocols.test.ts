import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { events, json } from "../../support/gateway/fake-provider.ts";
import { type GatewayUnderTest, startGateway } from "../../support/gateway/gateway-under-test.ts";
import { KEY, TOKEN } from "../../support/gateway/memory-access.ts";

/** As https://platform.claude.com/docs/en/build-with-claude/streaming shows it, with cache figures. */
const ANTHROPIC_STREAM = `event: message_start
data: {"type":"message_start","message":{"id":"msg_1","type":"message","role":"assistant","content":[],"model":"claude-sonnet-5","stop_reason":null,"usage":{"input_tokens":25,"cache_creation_input_tokens":100,"cache_read_input_tokens":2000,"output_tokens":1}}}

event: content_block_start
data: {"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}}

event: ping
data: {"type":"ping"}

event: content_block_delta
data: {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"Say \\"usage\\": {"}}

event: message_delta
data: {"type":"message_delta","delta":{"stop_reason":"end_turn","stop_sequence":null},"usage":{"output_tokens":15}}

event: message_stop
data: {"type":"message_stop"}

`;
const RESPONSES_STREAM = `event: response.created
data: {"type":"response.created","response":{"id":"resp_1","status":"in_progress","usage":null},"sequence_number":0}

event: response.output_text.delta
data: {"type":"response.output_text.delta","delta":"Hi","sequence_number":4}

event: response.completed
data: {"type":"response.completed","response":{"id":"resp_1","status":"completed","usage":{"input_tokens":36,"input_tokens_details":{"cached_tokens":12},"output_tokens":87,"output_tokens_details":{"reasoning_tokens":60},"total_tokens":123}},"sequence_number":9}

`;
const CHAT_STREAM = `data: {"id":"c1","object":"chat.completion.chunk","choices":[{"index":0,"delta":{"content":"Hi"}}],"usage":null}

data: {"id":"c1","object":"chat.completion.chunk","choices":[],"usage":{"prompt_tokens":19,"completion_tokens":10,"total_tokens":29,"prompt_tokens_details":{"cached_tokens":4,"audio_tokens":0},"completion_tokens_details":{"reasoning_tokens":2}}}

data: [DONE]

`;
const GEMINI_STREAM = `data: {"candidates":[{"content":{"parts":[{"text":"Hi"}],"role":"model"}}],"usageMetadata":{"promptTokenCount":40,"totalTokenCount":40},"modelVersion":"gemini-3.1-pro-preview"}

data: {"candidates":[{"content":{"parts":[{"text":"!"}],"role":"model"},"finishReason":"STOP"}],"usageMetadata":{"promptTokenCount":40,"cachedContentTokenCount":8,"candidatesTokenCount":5,"thoughtsTokenCount":20,"totalTokenCount":65},"modelVersion":"gemini-3.1-pro-preview"}

`;

let gateway: GatewayUnderTest;
beforeAll(async () => {
  gateway = await startGateway();
});
beforeEach(() => {
  gateway.access.asked.length = 0;
  gateway.access.settled.length = 0;
});
afterAll(() => gateway.close());

const CASES = [
  {
    what: "Anthropic's Messages",
    path: "/anthropic/v1/messages",
    upstream: "/v1/messages",
    header: ["x-api-key", ""],
    body: { model: "claude-sonnet-5", max_tokens: 100, stream: true, messages: [] },
    stream: ANTHROPIC_STREAM,
    usage: { input: 2125, cachedInput: 2000, cacheWrites: 100, output: 15 },
  },
  {
    what: "OpenAI's Responses",
    path: "/openai/v1/responses",
    upstream: "/v1/responses",
    header: ["authorization", "Bearer "],
    body: { model: "gpt-5.4", stream: true, input: "Hi" },
    stream: RESPONSES_STREAM,
    usage: { input: 36, cachedInput: 12, cacheWrites: 0, output: 87 },
  },
  {
    what: "Chat Completions of OpenRouter",
    path: "/openrouter/api/v1/chat/completions",
    upstream: "/api/v1/chat/completions",
    header: ["authorization", "Bearer "],
    body: { model: "anthropic/claude-sonnet-4.6", stream: true, stream_options: { include_usage: true } },
    stream: CHAT_STREAM,
    usage: { input: 19, cachedInput: 4, cacheWrites: 0, output: 10 },
  },
  {
    what: "xAI's Responses",
    path: "/xai/v1/responses",
    upstream: "/v1/responses",
    header: ["authorization", "Bearer "],
    body: { model: "grok-4.3", stream: true, input: "Hi" },
    stream: RESPONSES_STREAM,
    usage: { input: 36, cachedInput: 12, cacheWrites: 0, output: 87 },
  },
  {
    what: "Google's streamGenerateContent",
    path: "/google/v1beta/models/gemini-3.1-pro-preview:streamGenerateContent?alt=sse",
    upstream: "/v1beta/models/gemini-3.1-pro-preview:streamGenerateContent?alt=sse",
    header: ["x-goog-api-key", ""],
    body: { contents: [{ role: "user", parts: [{ text: "Hi" }] }] },
    stream: GEMINI_STREAM,
    usage: { input: 40, cachedInput: 8, cacheWrites: 0, output: 25 },
  },
] as const;

describe("a stream of a fake provider", () => {
  it.each(CASES)("by $what is passed on unchanged, with the real key, and counted", async (one) => {
    gateway.provider.answer = events(one.stream);
    const [name, before] = one.header;
    const body = JSON.stringify(one.body);
    const answer = await fetch(gateway.url + one.path, {
      method: "POST",
      headers: { [name]: before + TOKEN, "content-type": "application/json" },
      body,
    });
    expect(answer.status).toBe(200);
    expect(await answer.text()).toBe(one.stream);
    const received = gateway.provider.received.at(-1);
    expect(received?.request.url).toBe(one.upstream);
    expect(received?.body).toBe(body);
    expect(received?.request.headers[name]).toBe(before + KEY);
    expect(JSON.stringify(received?.request.rawHeaders)).not.toContain(TOKEN);
    await expect.poll(() => gateway.access.settled).toHaveLength(1);
    expect(gateway.access.settled[0]).toMatchObject({ status: 200, usage: one.usage });
    expect(gateway.access.settled[0]?.microdollars).toBeGreaterThan(0);
    expect(gateway.access.asked[0]?.worst.tokens).toBeGreaterThan(one.usage.output);
  });
});

describe("an answer of JSON by a fake provider", () => {
  it("is passed on and counted", async () => {
    const message = {
      id: "msg_1",
      content: [{ type: "tool_use", input: { usage: { output_tokens: 7_777 } } }],
    };
    const usage = { input_tokens: 5, cache_read_input_tokens: 20, output_tokens: 6 };
    gateway.provider.answer = json({ ...message, usage });
    const answer = await fetch(`${gateway.url}/anthropic/v1/messages`, {
      method: "POST",
      headers: { "x-api-key": TOKEN, "content-type": "application/json" },
      body: JSON.stringify({ model: "claude-sonnet-5", max_tokens: 10, messages: [] }),
    });
    expect(await answer.json()).toEqual({ ...message, usage });
    await expect.poll(() => gateway.access.settled).toHaveLength(1);
    expect(gateway.access.settled[0]?.usage).toEqual({
      input: 25,
      cachedInput: 20,
      cacheWrites: 0,
      output: 6,
    });
  });
  it.each([
    ["anthropic/v1/messages", "x-api-key", TOKEN, { model: "claude-opus-5", speed: "fast" }, 2],
    [
      "openai/v1/responses",
      "authorization",
      `Bearer ${TOKEN}`,
      { model: "gpt-5.4", service_tier: "priority" },
      2.5,
    ],
  ])(
    "of %s that was asked to be fast costs what that costs, also at its worst",
    async (path, name, key, fast, times) => {
      gateway.provider.answer = json({ usage: { input_tokens: 1_000, output_tokens: 1_000 } });
      for (const body of [{ model: fast.model, pad: "x".repeat(JSON.stringify(fast).length) }, fast])
        await fetch(`${gateway.url}/${path}`, {
          method: "POST",
          headers: { [name]: key, "content-type": "application/json" },
          body: JSON.stringify({ ...body, max_tokens: 1_000 }),
        });
      await expect.poll(() => gateway.access.settled).toHaveLength(2);
      const [plain, faster] = gateway.access.settled.map(({ microdollars }) => microdollars ?? 0);
      expect(faster).toBe((plain ?? 0) * times);
      const [before, worst] = gateway.access.asked.map((one) => one.worst.microdollars ?? 0);
      expect(worst).toBeGreaterThan((before ?? 0) * 1.5);
    },
  );
});
