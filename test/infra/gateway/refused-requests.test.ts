import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { json } from "../../support/gateway/fake-provider.ts";
import { type GatewayUnderTest, startGateway } from "../../support/gateway/gateway-under-test.ts";
import { KEY, TOKEN } from "../../support/gateway/memory-access.ts";
import { sendRaw } from "../../support/gateway/raw.ts";

const BODY = JSON.stringify({ model: "claude-sonnet-5", max_tokens: 10, messages: [] });

let gateway: GatewayUnderTest;
beforeAll(async () => {
  gateway = await startGateway({ longestBody: 1_000 });
  gateway.provider.answer = json({ usage: { input_tokens: 1, output_tokens: 1 } });
});
beforeEach(() => {
  gateway.access.asked.length = 0;
  gateway.access.refusal = undefined;
  gateway.access.failure = undefined;
});
afterAll(() => gateway.close());

function head(path: string, ...lines: readonly string[]): string {
  return [`POST ${path} HTTP/1.1`, "Host: gateway", "Content-Type: application/json", ...lines, "", ""].join(
    "\r\n",
  );
}

/** A request that would be passed on, but for `lines` and `path`. */
function raw(path: string, lines: readonly string[] = [], body = BODY): Promise<string> {
  const length = `Content-Length: ${Buffer.byteLength(body)}`;
  return sendRaw(
    gateway.port,
    head(path, `x-api-key: ${TOKEN}`, length, "Connection: close", ...lines) + body,
  );
}

function expectNothingSent(): void {
  expect(gateway.access.asked).toEqual([]);
  expect(gateway.provider.received).toEqual([]);
}

describe("a request is refused before it is sent to the fake provider", () => {
  it.each([
    ["another path", "/anthropic/v1/complete", 404],
    ["no path", "/anthropic/", 404],
    ["another provider", "/mistral/v1/messages", 404],
    ["another provider's path", "/openai/v1/messages", 404],
    ["an admin path", "/anthropic/v1/organizations/api_keys", 404],
    ["dots", "/anthropic/v1/../v1/messages", 404],
    ["encoded dots", "/anthropic/v1/%2e%2e/v1/messages", 404],
    ["an encoded slash", "/anthropic/v1%2fmessages", 404],
    ["two slashes", "/anthropic//v1/messages", 404],
    ["a slash at the end", "/anthropic/v1/messages/", 404],
    ["a backslash", "/anthropic/v1\\messages", 404],
    ["a parameter in the path", "/anthropic/v1/messages;x=1", 404],
    ["an absolute URL", "http://169.254.169.254/anthropic/v1/messages", 404],
    ["an absolute URL of the provider", "https://api.anthropic.com/v1/messages", 404],
    ["a token in the query", `/anthropic/v1/messages?key=${TOKEN}`, 400],
    ["an encoded name in the query", `/google/v1beta/models/gemini-x:generateContent?%6bey=1`, 400],
    ["another method in the query", "/anthropic/v1/messages?$httpMethod=DELETE", 400],
    ["another host in the query", "/anthropic/v1/messages?beta=true&url=http://x", 400],
  ])("%s", async (_what, path, status) => {
    expect(await raw(path)).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    expectNothingSent();
  });
  it.each([
    ["DELETE", "/anthropic/v1/messages"],
    ["GET", "/openai/v1/responses"],
    ["PUT", "/xai/v1/responses"],
  ])("the method %s of %s", async (method, path) => {
    const answer = await fetch(gateway.url + path, { method, headers: { "x-api-key": TOKEN } });
    expect(answer.status).toBe(405);
    expectNothingSent();
  });
  it.each([
    ["no token", []],
    ["another provider's header", [`Authorization: Bearer ${TOKEN}`]],
    ["a foreign token", ["x-api-key: brm_of-somebody-else"]],
    ["the real key", [`x-api-key: ${KEY}`]],
  ])("%s", async (_what, lines) => {
    const answer = await sendRaw(gateway.port, head("/anthropic/v1/messages", "Content-Length: 0", ...lines));
    expect(answer).toMatch(/^HTTP\/1.1 401 /);
    expect(answer).toContain('{"type":"error","error":{"type":"authentication_error","message":');
    expectNothingSent();
  });
  it("two tokens", async () => {
    expect(await raw("/anthropic/v1/messages", ["x-api-key: another"])).toMatch(/^HTTP\/1.1 400 /);
    expectNothingSent();
  });
  it.each([
    ["no model", "{}"],
    ["two models", `{"model":"cheap","max_tokens":1,"model":"dear"}`],
    ["two models, one of them escaped", `{"model":"cheap","mod\\u0065l":"dear"}`],
    ["a model in capitals, too", `{"model":"cheap","Model":"dear"}`],
    ["a list of models", `{"model":"cheap","models":["dear"]}`],
    ["a model that is none", `{"model":{"id":"x"}}`],
    ["a model with a line break", `{"model":"a\\nb"}`],
    ["no JSON", "model=dear"],
    ["a list", `[{"model":"cheap"}]`],
    ["two objects", `{"model":"cheap"}{"model":"dear"}`],
    ["half an object", `{"model":"cheap"`],
  ])("a body with %s", async (_what, body) => {
    expect(await raw("/anthropic/v1/messages", [], body)).toMatch(
      /^HTTP\/1.1 400 [\s\S]*invalid_request_error/,
    );
    expectNothingSent();
  });
  it("a compressed body", async () => {
    expect(await raw("/anthropic/v1/messages", ["Content-Encoding: gzip"])).toMatch(/^HTTP\/1.1 400 /);
    expectNothingSent();
  });
  it.each(["utf-16", '"UTF-7"', "iso-8859-1"])("a body in %s", async (charset) => {
    const type = `Content-Type: application/json; charset=${charset}`;
    const text = head("/anthropic/v1/messages", `x-api-key: ${TOKEN}`, `Content-Length: ${BODY.length}`);
    const answer = await sendRaw(gateway.port, text.replace(/Content-Type: .*/, type) + BODY);
    expect(answer).toMatch(/^HTTP\/1.1 400 [\s\S]*UTF-8/);
    expectNothingSent();
  });
  it("a WebSocket", async () => {
    const upgrade = [
      "Connection: Upgrade",
      "Upgrade: websocket",
      "Sec-WebSocket-Version: 13",
      "Sec-WebSocket-Key: AA==",
    ];
    const text = [
      "GET /openai/v1/responses HTTP/1.1",
      "Host: gateway",
      `Authorization: Bearer ${TOKEN}`,
      ...upgrade,
      "",
      "",
    ];
    expect(await sendRaw(gateway.port, text.join("\r\n"))).toMatch(/^HTTP\/1.1 405 /);
    expectNothingSent();
  });
});

describe("requests that are two in one", () => {
  it.each([
    ["both lengths", ["Content-Length: 5", "Transfer-Encoding: chunked"]],
    ["two lengths", ["Content-Length: 5", "Content-Length: 90"]],
    ["a list of lengths", ["Content-Length: 5, 90"]],
    ["a length with a sign", ["Content-Length: +5"]],
    ["a coding that isn't known", ["Transfer-Encoding: xchunked"]],
    ["chunked, and then another", ["Transfer-Encoding: chunked, identity"]],
    ["chunked behind a tab and a line", ["Transfer-Encoding:\r\n chunked", "Content-Length: 5"]],
    ["a space before the colon", ["Content-Length : 5"]],
    ["a line with a bare line feed", ["X: 1\nContent-Length: 5"]],
    ["two hosts", ["Host: another", "Content-Length: 5"]],
  ])("by %s are refused, and the second is never read", async (_what, lines) => {
    const second = `${head("/anthropic/v1/messages", `x-api-key: ${TOKEN}`, "Content-Length: 2")}{}`;
    const text = head("/anthropic/v1/messages", `x-api-key: ${TOKEN}`, ...lines);
    const answer = await sendRaw(gateway.port, `${text}0\r\n\r\n${second}`);
    expect(answer).toMatch(/^HTTP\/1.1 400 /);
    expect(answer.match(/HTTP\/1\.1/g)).toHaveLength(1);
    expectNothingSent();
  });
});

describe("a body", () => {
  it("that says that it is too long is refused before it is read", async () => {
    const lines = [`x-api-key: ${TOKEN}`, "Content-Length: 52428801"];
    const answer = await sendRaw(gateway.port, head("/anthropic/v1/messages", ...lines));
    expect(answer).toMatch(/^HTTP\/1.1 413 [\s\S]*request_too_large/);
  });
  it("that becomes too long is refused, and its connection closed", async () => {
    const chunk = `3e8\r\n${" ".repeat(1_000)}\r\n`;
    const text = head("/anthropic/v1/messages", `x-api-key: ${TOKEN}`, "Transfer-Encoding: chunked") + chunk;
    expect(await sendRaw(gateway.port, text + chunk)).toMatch(/^HTTP\/1.1 413 [\s\S]*connection: close/i);
  });
  it("that never ends is refused in time", async () => {
    const lines = [`x-api-key: ${TOKEN}`, "Content-Length: 900"];
    const impatient = await startGateway({ bodyTimeoutMs: 300 });
    const answer = await sendRaw(impatient.port, `${head("/anthropic/v1/messages", ...lines)}{`);
    expect(answer).toMatch(/^HTTP\/1.1 408 /);
    await impatient.close();
  });
  it("is only asked for once the token is known", async () => {
    const lines = ["x-api-key: brm_foreign", "Content-Length: 900", "Expect: 100-continue"];
    const answer = await sendRaw(gateway.port, head("/anthropic/v1/messages", ...lines));
    expect(answer).toMatch(/^HTTP\/1.1 401 /);
  });
});

describe("who may not", () => {
  it.each([
    [
      "/anthropic/v1/messages",
      "x-api-key",
      '{"type":"error","error":{"type":"rate_limit_error","message":"No."}}',
    ],
    [
      "/openai/v1/responses",
      "authorization",
      '{"error":{"message":"No.","type":"rate_limit_exceeded","param":null,"code":"rate_limit_exceeded"}}',
    ],
    [
      "/google/v1beta/models/gemini-x:generateContent",
      "x-goog-api-key",
      '{"error":{"code":429,"message":"No.","status":"RESOURCE_EXHAUSTED"}}',
    ],
    ["/openrouter/api/v1/chat/completions", "authorization", '{"error":{"code":429,"message":"No."}}'],
  ])("learns it in the form of %s", async (path, header, text) => {
    gateway.access.refusal = { status: 429, message: "No.", retryAfterSeconds: 90.5 };
    const value = header === "authorization" ? `Bearer ${TOKEN}` : TOKEN;
    const headers = { [header]: value, "content-type": "application/json" };
    const answer = await fetch(gateway.url + path, { method: "POST", headers, body: `{"model":"gemini-x"}` });
    expect([answer.status, answer.headers.get("retry-after"), await answer.text()]).toEqual([
      429,
      "91",
      text,
    ]);
    expect(gateway.provider.received).toEqual([]);
  });
  it("is refused with 503 when it can't be decided, without the reason", async () => {
    gateway.access.failure = new Error("connect ECONNREFUSED 10.0.0.1:5432");
    const answer = await raw("/anthropic/v1/messages");
    expect(answer).toMatch(/^HTTP\/1.1 503 [\s\S]*overloaded_error/);
    expect(answer).not.toContain("ECONNREFUSED");
    expect(gateway.problems.at(-1)).toContain("ECONNREFUSED");
  });
});
