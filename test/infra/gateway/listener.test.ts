import type { Server } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, describe, expect, it } from "vitest";
import { type Gateway, openGateway } from "../../../infra/gateway/gateway.ts";
import { close, listen, openPathsServer } from "../../../infra/gateway/listener.ts";
import { type FakeProvider, startFakeProvider } from "../../support/gateway/fake-provider.ts";
import { MemoryAccess, TOKEN } from "../../support/gateway/memory-access.ts";
import { sendRaw } from "../../support/gateway/raw.ts";

let provider: FakeProvider;
let gateway: Gateway;
let server: Server;
let access: MemoryAccess;
afterEach(async () => {
  await gateway.close();
  await provider.close();
});

async function start(): Promise<number> {
  provider = await startFakeProvider();
  access = new MemoryAccess();
  gateway = openGateway({ access, baseUrls: { anthropic: provider.url } });
  server = openPathsServer(gateway);
  return (await listen(server, 0, "127.0.0.1")).port;
}

function post(port: number) {
  return fetch(`http://127.0.0.1:${port}/anthropic/v1/messages`, {
    method: "POST",
    headers: { "x-api-key": TOKEN, "content-type": "application/json" },
    body: '{"model":"claude-sonnet-5","max_tokens":1}',
  });
}

describe("a server that closes", () => {
  it("lets a stream end, and takes no other", async () => {
    const port = await start();
    const next = Promise.withResolvers<void>();
    provider.answer = async ({ response }) => {
      response.writeHead(200, { "content-type": "text/event-stream" });
      response.write("data: 1\n\n");
      await next.promise;
      response.end("data: 2\n\n");
    };
    const answer = await post(port);
    const closed = close(server, 30_000);
    await expect(post(port)).rejects.toThrow();
    next.resolve();
    expect(await answer.text()).toBe("data: 1\n\ndata: 2\n\n");
    await closed;
  });
  it("breaks off what takes longer, and it is settled", async () => {
    const port = await start();
    provider.answer = ({ response }) => {
      response.writeHead(200, { "content-type": "text/event-stream" });
      response.write("data: 1\n\n");
    };
    const answer = await post(port);
    const startedAt = performance.now();
    await close(server, 300);
    expect(performance.now() - startedAt).toBeGreaterThan(250);
    await expect(answer.text()).rejects.toThrow();
    await expect.poll(() => access.settled.length).toBe(1);
  });
});

describe("a server", () => {
  it("carries five hundred streams at once", async () => {
    const port = await start();
    provider.answer = async ({ response }) => {
      response.writeHead(200, { "content-type": "text/event-stream" });
      response.write("data: 1\n\n");
      while (provider.received.length < 500) await sleep(20);
      response.end("data: 2\n\n");
    };
    const answers = await Promise.all(Array.from({ length: 500 }, async () => (await post(port)).text()));
    expect(new Set(answers)).toEqual(new Set(["data: 1\n\ndata: 2\n\n"]));
    await close(server, 0);
  });
  it.each([
    ["what is no HTTP", "\x16\x03\x01\x02\x00", /^HTTP\/1.1 400 /],
    ["too many headers", `GET / HTTP/1.1\r\nHost: x\r\nX: ${"x".repeat(40_000)}\r\n\r\n`, /^HTTP\/1.1 431 /],
    ["a request without a Host", "GET /anthropic/v1/models HTTP/1.1\r\n\r\n", /^HTTP\/1.1 400 /],
    ["a tunnel", "CONNECT api.anthropic.com:443 HTTP/1.1\r\nHost: x\r\n\r\n", /^$/],
  ])("refuses %s", async (_what, text, answer) => {
    const port = await start();
    expect(await sendRaw(port, text)).toMatch(answer);
    await close(server, 0);
  });
  it("can't listen where another does, and says so", async () => {
    const port = await start();
    await expect(listen(openPathsServer(gateway), port, "127.0.0.1")).rejects.toThrow("EADDRINUSE");
    await close(server, 0);
  });
});

it("ends a connection opened ahead without a word", async () => {
  const port = await start();
  server.headersTimeout = 300;
  server.requestTimeout = 300;
  expect(await sendRaw(port, "", 10_000)).toBe("");
  await close(server, 0);
});
