import { type ClientRequest, type IncomingMessage, request } from "node:http";
import type { Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { gzipSync } from "node:zlib";
import { afterEach, describe, expect, it } from "vitest";
import type { GatewayOptions } from "../../../infra/gateway/options.ts";
import { events, json } from "../../support/gateway/fake-provider.ts";
import { type GatewayUnderTest, startGateway } from "../../support/gateway/gateway-under-test.ts";
import { KEY, TOKEN } from "../../support/gateway/memory-access.ts";
import { ownTime } from "../../support/own-time.ts";

const START = `event: message_start
data: {"type":"message_start","message":{"usage":{"input_tokens":25,"output_tokens":1}}}

`;
const DELTA = `event: content_block_delta
data: {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"Hello"}}

`;
const END = `event: message_delta
data: {"type":"message_delta","delta":{"stop_reason":"end_turn"},"usage":{"output_tokens":15}}

event: message_stop
data: {"type":"message_stop"}

`;
const BODY = JSON.stringify({ model: "claude-sonnet-5", max_tokens: 100, stream: true, messages: [] });
const HEADERS = { "x-api-key": TOKEN, "content-type": "application/json" };

let gateway: GatewayUnderTest;
afterEach(() => gateway.close());

async function start(options: Partial<GatewayOptions> = {}): Promise<void> {
  gateway = await startGateway(options);
}

function post(path = "/anthropic/v1/messages", body = BODY, headers: Record<string, string> = HEADERS) {
  return fetch(gateway.url + path, { method: "POST", headers, body });
}

/** A client that reads only when it is wanted. */
async function slowClient(): Promise<{ asked: ClientRequest; answer: IncomingMessage }> {
  const asked = request(`${gateway.url}/anthropic/v1/messages`, { method: "POST", headers: HEADERS });
  const answered = new Promise<IncomingMessage>((resolve) => asked.once("response", resolve));
  asked.on("error", () => undefined);
  asked.end(BODY);
  return { asked, answer: await answered };
}

async function settled() {
  await expect.poll(() => gateway.access.settled.length).toBe(1);
  return gateway.access.settled[0];
}

describe("a stream", () => {
  it("that does not begin is told of, and so is that it begins after all", async () => {
    await start({ silentMs: 100 });
    const begins = Promise.withResolvers<void>();
    gateway.provider.answer = async ({ response }) => {
      response.writeHead(200, { "content-type": "text/event-stream" });
      response.flushHeaders();
      await begins.promise;
      response.end(START + END);
    };
    const answered = post().then((answer) => answer.text());
    await expect.poll(() => gateway.access.silences).toEqual([true]);
    begins.resolve();
    expect(await answered).toContain("message_stop");
    expect(gateway.access.silences).toEqual([true, false]);
  });

  it("that begins in time is not told of, nor is an answer that is none", async () => {
    await start({ silentMs: 2_000 });
    gateway.provider.answer = async (asked) => {
      const { body, response } = asked;
      const isStreamed = body.includes('"stream":true');
      if (isStreamed) response.writeHead(200, { "content-type": "text/event-stream" }).write(START);
      await sleep(3_000);
      if (isStreamed) response.end(END);
      else await json({ usage: { input_tokens: 1, output_tokens: 1 } })(asked);
    };
    const whole = BODY.replace('"stream":true,', "");
    const answers = await Promise.all([post(), post("/anthropic/v1/messages", whole)]);
    await Promise.all(answers.map((answer) => answer.text()));
    expect(gateway.access.silences).toEqual([]);
  });

  it("comes through piece by piece, as the fake provider sends it", async () => {
    await start();
    const next = Promise.withResolvers<void>();
    gateway.provider.answer = async ({ response }) => {
      response.writeHead(200, { "content-type": "text/event-stream" });
      response.write(START);
      await next.promise;
      response.end(END);
    };
    const answer = await post();
    const reader = answer.body?.getReader();
    // The rest is only sent after this has come.
    expect(Buffer.from((await reader?.read())?.value ?? []).toString()).toBe(START);
    next.resolve();
    expect(Buffer.from((await reader?.read())?.value ?? []).toString()).toBe(END);
    expect((await reader?.read())?.done).toBe(true);
    expect(await settled()).toMatchObject({ status: 200, usage: { input: 25, output: 15 } });
  });
  it("is begun before its first piece", async () => {
    await start();
    const next = Promise.withResolvers<void>();
    gateway.provider.answer = async ({ response }) => {
      response.writeHead(200, { "content-type": "text/event-stream" }).flushHeaders();
      await next.promise;
      response.end(START + END);
    };
    const answer = await post();
    expect(answer.status).toBe(200);
    next.resolve();
    expect(await answer.text()).toBe(START + END);
  });
  it("that its client leaves is aborted at the fake provider at once, and counted as far as it came", async () => {
    await start();
    const gone = Promise.withResolvers<void>();
    gateway.provider.answer = ({ response }) => {
      response.writeHead(200, { "content-type": "text/event-stream" });
      response.write(START + DELTA);
      response.once("close", () => gone.resolve());
    };
    const client = new AbortController();
    const options = { method: "POST", headers: HEADERS, body: BODY, signal: client.signal };
    const answer = await fetch(`${gateway.url}/anthropic/v1/messages`, options);
    await answer.body?.getReader().read();
    const ownMs = ownTime();
    client.abort();
    await gone.promise;
    expect(ownMs()).toBeLessThan(1_000);
    const outcome = await settled();
    expect(outcome?.usage?.input).toBe(25);
    // No final figure has come: what has come of the answer is taken for its length.
    expect(outcome?.usage?.output).toBe(Math.ceil((START + DELTA).length / 4));
  });
  it("that its client leaves before it has begun is aborted, too, and counts at its worst", async () => {
    await start();
    const gone = Promise.withResolvers<void>();
    gateway.provider.answer = ({ response }) => void response.once("close", () => gone.resolve());
    const client = new AbortController();
    const options = { method: "POST", headers: HEADERS, body: BODY, signal: client.signal };
    const answer = fetch(`${gateway.url}/anthropic/v1/messages`, options).catch(() => "aborted");
    await expect.poll(() => gateway.provider.received.length).toBe(1);
    client.abort();
    expect(await answer).toBe("aborted");
    await gone.promise;
    expect(await settled()).toMatchObject({ status: null, usage: null });
  });
  it("that its client leaves while it is decided is not sent, and costs nothing", async () => {
    await start();
    const decided = Promise.withResolvers<void>();
    gateway.access.wait = decided.promise;
    const client = new AbortController();
    const options = { method: "POST", headers: HEADERS, body: BODY, signal: client.signal };
    const answer = fetch(`${gateway.url}/anthropic/v1/messages`, options).catch(() => "aborted");
    await expect.poll(() => gateway.access.asked.length).toBe(1);
    client.abort();
    expect(await answer).toBe("aborted");
    await sleep(100);
    decided.resolve();
    expect(await settled()).toMatchObject({ status: null, microdollars: 0 });
    expect(gateway.provider.received).toEqual([]);
  });
  it("that the fake provider breaks off is broken off, and not ended well", async () => {
    await start();
    gateway.provider.answer = ({ response }) => {
      response.writeHead(200, { "content-type": "text/event-stream" });
      response.write(START + DELTA, () => response.destroy());
    };
    const answer = await post();
    await expect(answer.text()).rejects.toThrow("terminated");
    expect((await settled())?.usage).toMatchObject({ input: 25 });
  });
  it("ends with its assistant's right to use models", async () => {
    await start();
    const gone = Promise.withResolvers<void>();
    gateway.provider.answer = ({ response }) => {
      response.writeHead(200, { "content-type": "text/event-stream" });
      response.write(START);
      response.once("close", () => gone.resolve());
    };
    const answer = await post();
    gateway.access.ended.abort();
    await expect(answer.text()).rejects.toThrow("terminated");
    await gone.promise;
    expect((await settled())?.usage).toMatchObject({ input: 25 });
  });
  it("that has not begun then is refused in the fake provider's form, for the reason that is given", async () => {
    await start();
    const asked = Promise.withResolvers<void>();
    gateway.provider.answer = () => asked.resolve();
    const answer = post();
    await asked.promise;
    gateway.access.ended.abort({ status: 503, message: "Requests can't be counted now." });
    const { status } = await answer;
    expect([status, await (await answer).json()]).toEqual([
      503,
      { type: "error", error: { type: "overloaded_error", message: "Requests can't be counted now." } },
    ]);
    expect(await settled()).toMatchObject({ status: 503, usage: null });
  });
  it("that never ends is ended", async () => {
    await start({ longestAnswerMs: 3_000 });
    gateway.provider.answer = async ({ response }) => {
      response.writeHead(200, { "content-type": "text/event-stream" });
      for (; !response.destroyed; await sleep(10)) response.write(DELTA);
    };
    const answer = await post();
    await expect(answer.text()).rejects.toThrow("terminated");
    expect(await settled()).toMatchObject({ status: 200, usage: null });
  });
  it("that stops in its midst is broken off", async () => {
    await start({ idleTimeoutMs: 1_000 });
    gateway.provider.answer = ({ response }) => {
      response.writeHead(200, { "content-type": "text/event-stream" });
      response.write(START);
    };
    const answer = await post();
    await expect(answer.text()).rejects.toThrow("terminated");
  });
  it("with a line that never ends costs no memory, and does not count", async () => {
    await start();
    const piece = Buffer.alloc(1024 * 1024, "x");
    gateway.provider.answer = async ({ response }) => {
      response.writeHead(200, { "content-type": "text/event-stream" });
      response.write('data: {"usage":');
      for (let n = 0; n < 60; n++)
        if (!response.write(piece)) await new Promise((resolve) => response.once("drain", resolve));
      response.end();
    };
    globalThis.gc?.();
    const before = process.memoryUsage.rss();
    const answer = await post();
    let length = 0;
    for await (const bytes of answer.body ?? []) length += (bytes as Uint8Array).length;
    expect(length).toBeGreaterThan(60 * 1024 * 1024);
    expect(process.memoryUsage.rss() - before).toBeLessThan(150 * 1024 * 1024);
    expect((await settled())?.usage).toBe(null);
  });
});

describe("a client that doesn't read", () => {
  it("slows the fake provider down, and nothing is lost", async () => {
    await start();
    const piece = Buffer.alloc(64 * 1024, "x");
    const PIECES = 800;
    let sent = 0;
    let socket: Socket | undefined;
    gateway.provider.answer = async ({ response }) => {
      socket = response.socket ?? undefined;
      response.writeHead(200, { "content-type": "text/event-stream" });
      response.write(START);
      for (; sent < PIECES; sent++)
        if (!response.write(piece)) await new Promise((resolve) => response.once("drain", resolve));
      response.end(`\n\n${END}`);
    };
    const { answer } = await slowClient();
    const sentByNow = () => sent;
    // What fits into the buffers of three sockets, and not a piece more.
    let before = 0;
    for (; before === 0 || before !== sentByNow(); await sleep(1_000)) before = sentByNow();
    expect(before).toBeLessThan(PIECES / 2);
    expect(socket?.bytesWritten).toBeLessThan((PIECES * piece.length) / 2);
    let length = 0;
    for await (const bytes of answer) length += (bytes as Buffer).length;
    expect(length).toBe(START.length + PIECES * piece.length + 2 + END.length);
    expect((await settled())?.usage).toMatchObject({ input: 25, output: 15 });
  });
  it("for ever is given up", async () => {
    await start({ stalledMs: 300 });
    const gone = Promise.withResolvers<void>();
    gateway.provider.answer = async ({ response }) => {
      response.once("close", () => gone.resolve());
      response.writeHead(200, { "content-type": "text/event-stream" });
      const piece = Buffer.alloc(64 * 1024, "x");
      while (!response.destroyed)
        if (!response.write(piece))
          await Promise.race([gone.promise, new Promise((resolve) => response.once("drain", resolve))]);
    };
    const { asked } = await slowClient();
    await gone.promise;
    asked.destroy();
    expect(await settled()).toMatchObject({ status: 200, usage: null });
  });
});

describe("errors of the fake provider", () => {
  it.each([
    [429, { "retry-after": "17" }],
    [500, {}],
    [529, { "retry-after": "3" }],
    [400, { "request-id": "req_1" }],
  ])("with %i are passed on and cost nothing", async (status, headers) => {
    await start();
    const error = { type: "error", error: { type: "some_error", message: "As the provider says." } };
    gateway.provider.answer = json(error, status, headers);
    const answer = await post();
    expect(answer.status).toBe(status);
    expect(Object.fromEntries(answer.headers)).toMatchObject(headers);
    expect(await answer.json()).toEqual(error);
    expect(await settled()).toMatchObject({ status, microdollars: 0, usage: { input: 0, output: 0 } });
  });
  it.each(["identity", "gzip"])("never repeat the key, whole or in parts (%s)", async (coding) => {
    await start();
    const masked = `${KEY.slice(0, 8)}*****${KEY.slice(-4)}`;
    const text = JSON.stringify({
      error: `Bad ${KEY}; bad ${masked}; bad ${KEY.slice(0, 12)}; bad ****${KEY.slice(-4)}.`,
    });
    gateway.provider.answer = ({ response }) => {
      const body = coding === "gzip" ? gzipSync(text) : Buffer.from(text);
      response.writeHead(401, {
        "content-type": "application/json",
        "content-encoding": coding,
        "x-echo": `k=${KEY}`,
      });
      response.end(body);
    };
    const answer = await post();
    const all = JSON.stringify([...answer.headers]) + (await answer.text());
    expect(answer.status).toBe(401);
    expect(all).toContain("Bad [key]; bad [key]; bad [key]; bad [key]");
    expect(all).not.toContain(KEY);
    expect(all).not.toContain(KEY.slice(-4));
    expect(all).not.toContain(KEY.slice(0, 8));
  });
  it("that never end are cut", async () => {
    await start();
    gateway.provider.answer = async ({ response }) => {
      response.writeHead(500, { "content-type": "text/plain" });
      for (; !response.destroyed; await sleep(1)) response.write("x".repeat(64 * 1024));
    };
    const answer = await post();
    expect((await answer.text()).length).toBeLessThan(400 * 1024);
    expect(answer.status).toBe(500);
  });
  it("that lead elsewhere are not followed", async () => {
    await start();
    gateway.provider.answer = ({ response }) => {
      response.writeHead(307, { location: "http://169.254.169.254/latest/meta-data/" });
      response.end();
    };
    const answer = await post();
    expect([answer.status, answer.headers.get("location")]).toEqual([502, null]);
    expect(gateway.provider.received).toHaveLength(1);
  });
  it("that it can't be reached cost nothing", async () => {
    await start({ baseUrls: { anthropic: "http://127.0.0.1:1" } });
    const answer = await post();
    expect(answer.status).toBe(502);
    expect(await answer.json()).toMatchObject({ type: "error" });
    expect(await settled()).toMatchObject({ status: 502, microdollars: 0 });
    expect(gateway.problems).toEqual(["anthropic: ECONNREFUSED"]);
  });
  it("that only announce an answer, for ever, are not waited for", async () => {
    await start();
    const most = 20_000;
    let sent = 0;
    gateway.provider.answer = async ({ response }) => {
      for (; sent < most && !response.destroyed; sent++) {
        response.writeProcessing();
        if (sent % 10 === 0) await new Promise(setImmediate);
      }
      response.destroy();
    };
    expect((await post()).status).toBe(502);
    expect(await settled()).toMatchObject({ status: 502, usage: null });
    expect(sent).toBeLessThan(most);
  });
  it("that it hangs count at their worst: it may have worked", async () => {
    await start({ headersTimeoutMs: 300 });
    gateway.provider.answer = () => undefined;
    const answer = await post();
    expect(answer.status).toBe(504);
    expect(await settled()).toMatchObject({ status: 504, usage: null, microdollars: null });
  });
});

describe("what goes upstream", () => {
  it("names neither the assistant nor its way, and has one key", async () => {
    await start();
    gateway.provider.answer = json({ usage: { input_tokens: 1, output_tokens: 1 } });
    const own = {
      "anthropic-version": "2023-06-01",
      "anthropic-beta": "some-beta",
      authorization: `Bearer ${TOKEN}`,
      cookie: "a=b",
      "x-forwarded-for": "10.231.1.2",
      forwarded: "for=10.231.1.2",
      "x-request-id": "berth-1",
      traceparent: "00-1-1-01",
      "openai-organization": "org-of-another",
      "accept-encoding": "gzip, br",
    };
    await post(undefined, undefined, { ...HEADERS, ...own });
    const { headers } = gateway.provider.received[0]?.request ?? {};
    const { host, "user-agent": _agent, connection: _connection, ...others } = headers ?? {};
    expect(host).toBe(new URL(gateway.provider.url).host);
    expect(others).toEqual({
      "x-api-key": KEY,
      "content-type": "application/json",
      "content-length": `${BODY.length}`,
      "anthropic-version": "2023-06-01",
      "anthropic-beta": "some-beta",
      "accept-encoding": "identity",
      accept: "*/*",
      "accept-language": "*",
      "sec-fetch-mode": "cors",
    });
  });
  it("is the same body, but for the usage that a stream of Chat Completions must tell", async () => {
    await start();
    gateway.provider.answer = events("data: [DONE]\n\n");
    const headers = { authorization: `Bearer ${TOKEN}`, "content-type": "application/json" };
    const chat = (body: string) => post("/openai/v1/chat/completions", body, headers);
    const odd = ' {\n "model": "gpt-5.4",  "stream":true, "x":"\\u00e9é" }\n';
    await chat(odd);
    await chat('{"model":"gpt-5.4"}');
    await chat('{"model":"gpt-5.4","stream":true,"stream_options":{"include_obfuscation":false}}');
    expect(gateway.provider.received.map(({ body }) => body)).toEqual([
      odd.replace("{", '{"stream_options":{"include_usage":true},'),
      '{"model":"gpt-5.4"}',
      '{"model":"gpt-5.4","stream":true,"stream_options":{"include_obfuscation":false}}',
    ]);
  });
});

describe("an answer that is compressed although nobody wanted it", () => {
  it.each([
    ["events", "text/event-stream", START + DELTA + END],
    ["JSON", "application/json", '{"usage":{"input_tokens":25,"output_tokens":15}}'],
  ])("is passed on as it is and counted (%s)", async (_what, type, text) => {
    await start();
    gateway.provider.answer = ({ response }) => {
      response.writeHead(200, { "content-type": type, "content-encoding": "gzip" });
      response.end(gzipSync(text));
    };
    const answer = await post();
    expect(answer.headers.get("content-encoding")).toBe("gzip");
    expect(await answer.text()).toBe(text);
    expect((await settled())?.usage).toMatchObject({ input: 25, output: 15 });
  });
  it("counts at its worst when it is a bomb, of which the gateway unpacks no more than a part", async () => {
    await start();
    const bomb = gzipSync(
      `{"x":"${" ".repeat(80 * 1024 ** 2)}","usage":{"output_tokens":15,"input_tokens":25}}`,
    );
    expect(bomb.length).toBeLessThan(100_000);
    gateway.provider.answer = ({ response }) => {
      response.writeHead(200, { "content-type": "application/json", "content-encoding": "gzip" });
      response.end(bomb);
    };
    await (await post()).body?.cancel();
    expect((await settled())?.usage).toBe(null);
  });
  it("counts at its worst when it is no gzip", async () => {
    await start();
    gateway.provider.answer = ({ response }) => {
      response.writeHead(200, { "content-type": "application/json", "content-encoding": "gzip" });
      response.end("this is none");
    };
    await (await post()).arrayBuffer().catch(() => undefined);
    expect((await settled())?.usage).toBe(null);
  });
});

describe("bodies of 50 MB", () => {
  it("go through as they are, and longer ones don't", async () => {
    await start();
    gateway.provider.answer = json({ usage: { input_tokens: 1, output_tokens: 1 } });
    const rest = '{"model":"claude-sonnet-5","messages":"","max_tokens":10}';
    const body = rest.replace('""', `"${"x".repeat(50 * 1024 ** 2 - rest.length)}"`);
    expect((await post(undefined, body)).status).toBe(200);
    expect(gateway.provider.received[0]?.body.length).toBe(body.length);
    expect(gateway.access.asked[0]?.worst.tokens).toBe(body.length + 10);
    const longer = await post(undefined, `${body} `).then(
      ({ status }) => status,
      () => "broken off",
    );
    expect([413, "broken off"]).toContain(longer);
    expect(gateway.provider.received).toHaveLength(1);
  });
  it("of one token have no more than its part of the memory", async () => {
    await start({ longestBody: 1_000, bodiesInMemory: 4_000 });
    gateway.provider.answer = () => undefined;
    const body = JSON.stringify({ model: "claude-sonnet-5", messages: "x".repeat(600) });
    void post(undefined, body).catch(() => undefined);
    await expect.poll(() => gateway.provider.received.length).toBe(1);
    expect((await post(undefined, body)).status).toBe(503);
  });
});
