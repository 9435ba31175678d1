// The fakes of the model providers, which speak the real protocols: their details, by plain HTTP.
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { KnownProvider } from "../../../infra/assistant/openclaw.ts";
import { type Loopback, openLoopback } from "./loopback.ts";
import type { Refusal } from "./providers/provider.ts";

const TOKEN = "123456789:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw";

let world: Loopback;
beforeEach(async () => {
  world = await openLoopback();
});
afterEach(() => world.close());

interface Api {
  readonly provider: KnownProvider;
  readonly url: string;
  readonly streamUrl?: string;
  readonly headers: Readonly<Record<string, string>>;
  /** A conversation of two turns of the user's. */
  readonly body: Record<string, unknown>;
  /** The text of an answer in one piece. */
  textOf(body: never): string;
  /** The text of one piece of a stream. */
  deltaOf(data: never): string | undefined;
  /** Kinds of a stream's events, each run of the same once. */
  readonly order: readonly string[];
  /** Status and a part of the body. */
  readonly refusals: Readonly<Record<Refusal, readonly [number, string]>>;
}

const TURNS = ["My word is MARZIPAN.", "What is it?"] as const;
const WORDS = `You said «${TURNS[1]}». I was shown 2 turns: ${TURNS[0]} / ${TURNS[1]}.`;
const bearer = { authorization: "Bearer key-0123456789" };
const said = (role: string, content: unknown) => ({ role, content });
const conversation = [said("user", TURNS[0]), said("assistant", "Noted."), said("user", TURNS[1])];
const gemini = "https://generativelanguage.googleapis.com/v1beta/models/gemini-2.5-pro";

const chat = {
  textOf: ({ choices }: { choices: { message: { content: string } }[] }) => `${choices[0]?.message.content}`,
  deltaOf: ({ choices }: { choices: { delta: { content?: string } }[] }) => choices[0]?.delta.content,
};
const responses = {
  textOf: ({ output }: { output: { content: { text: string }[] }[] }) => `${output[0]?.content[0]?.text}`,
  deltaOf: ({ type, delta }: { type: string; delta?: string }) =>
    type === "response.output_text.delta" ? delta : undefined,
};

const ORDER_OF_RESPONSES = [
  "response.created",
  "response.in_progress",
  "response.output_item.added",
  "response.content_part.added",
  "response.output_text.delta",
  "response.output_text.done",
  "response.content_part.done",
  "response.output_item.done",
  "response.completed",
];

const APIS: readonly [string, Api][] = [
  [
    "Anthropic Messages",
    {
      provider: "anthropic",
      url: "https://api.anthropic.com/v1/messages",
      headers: { "x-api-key": "key-0123456789", "anthropic-version": "2023-06-01" },
      body: { model: "claude-haiku-4-5", max_tokens: 100, messages: conversation },
      textOf: ({ content }: { content: { text: string }[] }) => `${content[0]?.text}`,
      deltaOf: ({ delta }: { delta?: { text?: string } }) => delta?.text,
      order: [
        "message_start",
        "content_block_start",
        "ping",
        "content_block_delta",
        "content_block_stop",
        "message_delta",
        "message_stop",
      ],
      refusals: {
        "key refused": [401, `{"type":"error","error":{"type":"authentication_error",`],
        "model unknown": [
          404,
          `{"type":"error","error":{"type":"not_found_error","message":"model: claude-haiku`,
        ],
        "rate limited": [429, `{"type":"error","error":{"type":"rate_limit_error",`],
        "server error": [500, `{"type":"error","error":{"type":"api_error",`],
        overloaded: [529, `{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}`],
      },
    },
  ],
  [
    "OpenAI Responses",
    {
      provider: "openai",
      url: "https://api.openai.com/v1/responses",
      headers: bearer,
      body: { model: "gpt-5.4", input: conversation },
      ...responses,
      order: ORDER_OF_RESPONSES,
      refusals: {
        "key refused": [401, `"type":"invalid_request_error","param":null,"code":"invalid_api_key"}}`],
        "model unknown": [404, `"type":"invalid_request_error","param":null,"code":"model_not_found"}}`],
        "rate limited": [429, `"type":"tokens","param":null,"code":"rate_limit_exceeded"}}`],
        "server error": [500, `"type":"server_error","param":null,"code":null}}`],
        overloaded: [503, "Our servers are currently overloaded."],
      },
    },
  ],
  [
    "xAI Responses",
    {
      provider: "xai",
      url: "https://api.x.ai/v1/responses",
      headers: bearer,
      body: { model: "grok-4.3", input: conversation },
      ...responses,
      order: ORDER_OF_RESPONSES,
      refusals: {
        "key refused": [400, `"error":"Incorrect API key provided: `],
        "model unknown": [404, `{"code":"Some requested entity was not found","error":"The model grok-4.3`],
        "rate limited": [429, `{"code":"Some resource has been exhausted","error":`],
        "server error": [500, `{"code":"Internal error","error":`],
        overloaded: [503, `{"code":"The service is currently unavailable","error":`],
      },
    },
  ],
  [
    "OpenRouter Chat Completions",
    {
      provider: "openrouter",
      url: "https://openrouter.ai/api/v1/chat/completions",
      headers: bearer,
      body: { model: "openai/gpt-5.4", messages: conversation },
      ...chat,
      order: ["role+content", "content", "stop", "[DONE]"],
      refusals: {
        "key refused": [401, `{"error":{"code":401,"message":"User not found."}}`],
        "model unknown": [404, `{"error":{"code":404,"message":"No endpoints found for openai/gpt-5.4."}}`],
        "rate limited": [429, `{"error":{"code":429,"message":"Provider returned error","metadata":`],
        "server error": [500, `{"error":{"code":500,"message":"Internal Server Error"}}`],
        overloaded: [529, `{"error":{"code":529,"message":"Provider returned error","metadata":`],
      },
    },
  ],
  [
    "Gemini generateContent",
    {
      provider: "google",
      url: `${gemini}:generateContent`,
      streamUrl: `${gemini}:streamGenerateContent?alt=sse`,
      headers: { "x-goog-api-key": "key-0123456789" },
      body: {
        contents: conversation.map(({ role, content }) => ({
          role: role === "user" ? "user" : "model",
          parts: [{ text: content }],
        })),
      },
      textOf: ({ candidates }: { candidates: { content: { parts: { text: string }[] } }[] }) =>
        `${candidates[0]?.content.parts[0]?.text}`,
      deltaOf: ({ candidates }: { candidates: { content: { parts: { text: string }[] } }[] }) =>
        candidates[0]?.content.parts[0]?.text,
      order: ["role+parts", "STOP"],
      refusals: {
        "key refused": [400, `"reason":"API_KEY_INVALID"`],
        "model unknown": [404, "models/gemini-2.5-pro is not found for API version v1beta"],
        "rate limited": [429, `"status":"RESOURCE_EXHAUSTED"`],
        "server error": [500, `"status":"INTERNAL"`],
        overloaded: [503, `"status":"UNAVAILABLE"`],
      },
    },
  ],
];

describe.each(APIS)("the fake of %s, which speaks the real protocol", (_name, api) => {
  const whole = () => world.ask("POST", api.url, { headers: api.headers, body: api.body });
  const streamed = () =>
    world.ask("POST", api.streamUrl ?? api.url, {
      headers: api.headers,
      body: api.streamUrl ? api.body : { ...api.body, stream: true },
    });

  it("answers in one piece with what it was shown, and tells who asked how", async () => {
    const { status, text } = await whole();
    expect(status, text).toBe(200);
    expect(api.textOf(JSON.parse(text) as never)).toContain(WORDS);
    const [header = "", value] = Object.entries(api.headers)[0] ?? [];
    expect(world.seen.models).toMatchObject([
      {
        provider: api.provider,
        kind: "turn",
        host: new URL(api.url).host,
        keys: { [header]: value },
        turn: { isStreamed: false, turns: TURNS, pictures: 0 },
        status: 200,
        end: "whole",
      },
    ]);
  });

  it("answers as a stream, in its documented order", async () => {
    const reply = await streamed();
    expect(reply.headers["content-type"]).toBe("text/event-stream");
    const events = eventsOf(reply.text);
    const data = events.filter(({ data }) => data !== "[DONE]").map(({ data }) => JSON.parse(data) as never);
    expect(data.map((one) => api.deltaOf(one) ?? "").join("")).toContain(WORDS);
    expect(orderOf(events)).toEqual(api.order);
  });

  it.each(["key refused", "model unknown", "rate limited", "server error", "overloaded"] as const)(
    "%s: as it documents it",
    async (answers) => {
      world.models.set(api.provider, { answers });
      const { status, text } = await whole();
      expect([status, text]).toEqual([
        api.refusals[answers][0],
        expect.stringContaining(api.refusals[answers][1]),
      ]);
      world.models.set(api.provider, { answers: "normal" });
      expect((await whole()).status).toBe(200);
    },
  );

  it("refuses a call without a key, of a path or a model that there is not, and a body that is not one", async () => {
    const ask = (url: string, headers: Record<string, string>, body: unknown) =>
      world.ask("POST", url, { headers, body });
    expect([400, 401, 403]).toContain((await ask(api.url, {}, api.body)).status);
    expect((await ask(`${new URL(api.url).origin}/v9/x`, { ...api.headers }, {})).status).toBe(404);
    expect([400, 422]).toContain((await ask(api.url, { ...api.headers }, { model: "x" })).status);
    const unknown = await world.ask("POST", api.url.replace("gemini-2.5-pro", "none"), {
      headers: api.headers,
      body: { ...api.body, model: "none" },
    });
    expect(unknown.status).toBe(404);
  });

  it("hangs, is cut off, is slow and goes on for long when it is told to", async () => {
    world.models.set(api.provider, { answers: "hang" });
    const leaving = new AbortController();
    const asked = { headers: api.headers, body: api.body, signal: leaving.signal };
    const hanging = expect(world.ask("POST", api.url, asked)).rejects.toThrow("aborted");
    await expect.poll(() => world.seen.models).toHaveLength(1);
    await sleep(300);
    leaving.abort();
    await hanging;
    world.models.set(api.provider, { answers: "cut" });
    await expect(whole()).rejects.toThrow("aborted");
    await expect(streamed()).rejects.toThrow("aborted");
    world.models.set(api.provider, { answers: "long" });
    expect(api.textOf(JSON.parse((await whole()).text) as never).length).toBeGreaterThan(10_000);
    world.models.set(api.provider, { answers: "slow" });
    const startedAt = performance.now();
    await streamed();
    expect(performance.now() - startedAt).toBeGreaterThan(500);
    expect(world.seen.models.map(({ end }) => end)).toEqual(["never", "cut", "cut", "whole", "whole"]);
  });
});

describe("a model of Anthropic's", () => {
  const MODEL = "claude-haiku-4-5";
  const tools = [{ name: "exec", input_schema: { properties: { command: {} } } }];
  const ask = (body: object) =>
    world.ask("POST", "https://api.anthropic.com/v1/messages", {
      headers: { "x-api-key": "key" },
      body: { model: MODEL, max_tokens: 100, messages: [said("user", "Hello")], ...body },
    });

  it("fails alone where it alone is to", async () => {
    world.models.set("anthropic", { answers: "overloaded", ofModel: MODEL });
    expect((await ask({})).status).toBe(529);
    expect((await ask({ model: "claude-opus-5" })).status).toBe(200);
    world.models.set("anthropic", { ofModel: null });
    expect((await ask({ model: "claude-opus-5" })).status).toBe(529);
  });

  it("that has run away calls a tool wrongly again and again, if it has one", async () => {
    world.models.set("anthropic", { answers: "runaway" });
    const called = JSON.parse((await ask({ tools })).text);
    expect(called.content).toMatchObject([{ type: "tool_use", name: "exec", input: { wrongly: true } }]);
    const result = { type: "tool_result", tool_use_id: called.content[0].id, content: "command is missing" };
    const messages = [said("user", "Hello"), said("assistant", called.content), said("user", [result])];
    expect(JSON.parse((await ask({ tools, messages })).text).stop_reason).toBe("tool_use");
    expect(JSON.parse((await ask({})).text).stop_reason).toBe("end_turn");
  });

  it("bills what it says was used, and nothing for what is refused or cut off", async () => {
    const { usage } = JSON.parse((await ask({})).text);
    world.models.set("anthropic", { answers: "overloaded" });
    await ask({});
    world.models.set("anthropic", { answers: "cut" });
    await expect(ask({})).rejects.toThrow("aborted");
    const billed = { input: usage.input_tokens, output: usage.output_tokens };
    expect(world.seen.models.map((call) => call.billed)).toEqual([billed, undefined, undefined]);
  });
});

describe("a response of OpenAI's", () => {
  const ask = async (body: object) => {
    const { status, text } = await world.ask("POST", "https://api.openai.com/v1/responses", {
      headers: bearer,
      body: { model: "gpt-5.4", ...body },
    });
    return { status, ...JSON.parse(text) };
  };

  it("can be gone on from after a tool's result, too", async () => {
    const tools = [{ type: "function", name: "exec", parameters: { properties: { command: {} } } }];
    const called = await ask({ input: "RUN: id -u", tools });
    expect(called.output).toMatchObject([{ type: "function_call", arguments: `{"command":"id -u"}` }]);
    const result = { type: "function_call_output", call_id: called.output[0].call_id, output: "1000" };
    const given = await ask({ input: [result], tools, previous_response_id: called.id });
    expect(given.output[0].content[0].text).toBe("The command gave: 1000");
    const next = await ask({ input: "Thanks", tools, previous_response_id: given.id });
    expect(next.output[0].content[0].text).toContain("I was shown 2 turns: RUN: id -u / Thanks.");
  });

  it("can be gone on from, unless it was not stored", async () => {
    const { id } = await ask({ input: TURNS[0] });
    const next = await ask({ input: TURNS[1], previous_response_id: id });
    expect(next.output[0].content[0].text).toContain(WORDS);
    const { id: forgotten } = await ask({ input: TURNS[0], store: false });
    expect(await ask({ input: TURNS[1], previous_response_id: forgotten })).toMatchObject({
      status: 400,
      error: { code: "previous_response_not_found" },
    });
  });
});

describe("lists of models, as each provider documents them", () => {
  it.each([
    ["anthropic", "https://api.anthropic.com/v1/models", "x-api-key", "data", "capabilities"],
    ["openai", "https://api.openai.com/v1/models", "authorization", "data", "owned_by"],
    [
      "google",
      "https://generativelanguage.googleapis.com/v1beta/models",
      "x-goog-api-key",
      "models",
      "inputTokenLimit",
    ],
    ["openrouter", "https://openrouter.ai/api/v1/models", "authorization", "data", "context_length"],
    ["xai", "https://api.x.ai/v1/language-models", "authorization", "models", "aliases"],
  ] as const)("of %s: full, bare, empty or an error", async (provider, url, header, field, tells) => {
    const key = header === "authorization" ? "Bearer key" : "key";
    const list = () => world.ask("GET", url, { headers: { [header]: key } });
    const rows = async () => JSON.parse((await list()).text)[field] as object[];
    const full = await rows();
    expect(full[0]).toHaveProperty(tells);
    world.models.set(provider, { list: "bare" });
    const bare = await rows();
    expect(bare).toHaveLength(full.length);
    expect(Object.keys(full[0] ?? {})).toEqual(expect.arrayContaining(Object.keys(bare[0] ?? {})));
    world.models.set(provider, { list: "empty" });
    expect(await rows()).toEqual([]);
    world.models.set(provider, { list: "error" });
    expect((await list()).status).toBe(500);
  });

  it("one model is there by its name, or is not", async () => {
    const one = (id: string) =>
      world.ask("GET", `https://api.anthropic.com/v1/models/${id}`, { headers: { "x-api-key": "key" } });
    expect(JSON.parse((await one("claude-sonnet-5")).text)).toMatchObject({ id: "claude-sonnet-5" });
    expect(await one("claude-none")).toMatchObject({ status: 404 });
  });
});

describe("what else OpenClaw asks of a provider", () => {
  it("embeddings, as numbers or in base64", async () => {
    const ask = (body: object) =>
      world.ask("POST", "https://api.openai.com/v1/embeddings", { headers: bearer, body });
    const asNumbers = JSON.parse((await ask({ model: "text-embedding-3-small", input: ["a", "b"] })).text);
    expect(asNumbers.data).toHaveLength(2);
    expect(asNumbers.data[0].embedding).toHaveLength(1536);
    const inBase64 = await ask({ model: "text-embedding-3-small", input: "a", encoding_format: "base64" });
    expect(Buffer.from(JSON.parse(inBase64.text).data[0].embedding, "base64")).toHaveLength(4 * 1536);
  });

  it("what was spoken in a recording, in each provider's way", async () => {
    world.telegram.say(TOKEN, 555, { voice: "Marzipan" });
    const updates = await world.ask("GET", `https://api.telegram.org/bot${TOKEN}/getUpdates`);
    const path = JSON.parse(updates.text).result[0].message.voice.file_id;
    const { bytes } = await world.ask("GET", `https://api.telegram.org/file/bot${TOKEN}/${path}`);
    const form = new FormData();
    form.set("model", "gpt-4o-transcribe");
    form.set("file", new Blob([new Uint8Array(bytes)]), "voice.ogg");
    const sent = new Request("https://x/", { method: "POST", body: form });
    const type = { "content-type": `${sent.headers.get("content-type")}` };
    const multipart = { headers: { ...bearer, ...type }, body: Buffer.from(await sent.arrayBuffer()) };
    const data = bytes.toString("base64");
    const texts = await Promise.all([
      world.ask("POST", "https://api.openai.com/v1/audio/transcriptions", multipart),
      world.ask("POST", "https://api.x.ai/v1/stt", multipart),
      world.ask("POST", "https://openrouter.ai/api/v1/audio/transcriptions", {
        headers: bearer,
        body: { model: "openai/whisper-1", input_audio: { data, format: "ogg" } },
      }),
    ]);
    expect(texts.map(({ text }) => JSON.parse(text).text)).toEqual(["Marzipan", "Marzipan", "Marzipan"]);
    const parts = [{ text: "Transcribe the audio." }, { inline_data: { mime_type: "audio/ogg", data } }];
    const heard = await world.ask("POST", `${gemini}:generateContent`, {
      headers: { "x-goog-api-key": "key" },
      body: { contents: [{ role: "user", parts }] },
    });
    expect(JSON.parse(heard.text).candidates[0].content.parts).toEqual([{ text: "Marzipan" }]);
  });

  it("a command to run is a call of the tool `exec`, and what it gave is said", async () => {
    const ask = (messages: readonly unknown[]) =>
      world.ask("POST", "https://api.anthropic.com/v1/messages", {
        headers: { "x-api-key": "key" },
        body: {
          model: "claude-haiku-4-5",
          max_tokens: 100,
          tools: [{ name: "exec", input_schema: { properties: { command: {} } } }],
          messages,
        },
      });
    const asked = said("user", "RUN: id -u");
    const { content, stop_reason } = JSON.parse((await ask([asked])).text);
    expect(stop_reason).toBe("tool_use");
    expect(content).toMatchObject([{ type: "tool_use", name: "exec", input: { command: "id -u" } }]);
    const result = { type: "tool_result", tool_use_id: content[0].id, content: "1000" };
    const { text } = await ask([asked, said("assistant", content), said("user", [result])]);
    expect(JSON.parse(text).content).toMatchObject([{ text: "The command gave: 1000" }]);
  });
});

interface SentEvent {
  readonly name: string | undefined;
  readonly data: string;
}

/** Of server-sent events, each is an optional name and one line of data. */
function eventsOf(text: string): SentEvent[] {
  expect(text.endsWith("\n\n")).toBe(true);
  return text
    .slice(0, -2)
    .split("\n\n")
    .map((block) => {
      const [, name, data] = /^(?:event: (\S+)\n)?data: (.+)$/.exec(block) ?? [];
      if (data === undefined) throw new Error(`No event: ${block}`);
      return { name, data };
    });
}

/** What kinds of events there were, each run of the same once. */
function orderOf(events: readonly SentEvent[]): string[] {
  const kinds = events.map(({ name, data }) => {
    if (data === "[DONE]") return data;
    const { choices, candidates } = JSON.parse(data);
    const [choice] = choices ?? candidates ?? [];
    if (name) return name;
    return (
      choice.finish_reason ?? choice.finishReason ?? Object.keys(choice.delta ?? choice.content).join("+")
    );
  });
  return kinds.filter((kind, index) => kind !== kinds[index - 1]);
}
