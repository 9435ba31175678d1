// A server of a customer's own behind the gateway: a fake one on loopback, by HTTP and by TLS, of each deployment another.
import { createServer as createTlsServer, type Server } from "node:https";
import { getCACertificates, setDefaultCACertificates } from "node:tls";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type Certified, certify, createAuthority } from "../../../infra/gateway/certificates.ts";
import { close, listen } from "../../../infra/gateway/listener.ts";
import type { GatewayOptions } from "../../../infra/gateway/options.ts";
import { NOTHING_USED } from "../../../infra/gateway/usage.ts";
import { modelServers } from "../../../stacks/model-servers/model-servers.ts";
import { type FakeProvider, json, startFakeProvider } from "../../support/gateway/fake-provider.ts";
import { type GatewayUnderTest, startGateway } from "../../support/gateway/gateway-under-test.ts";
import { KEY, TOKEN } from "../../support/gateway/memory-access.ts";

const USAGE = { prompt_tokens: 20, completion_tokens: 10, total_tokens: 30 };
const ALLOWED = "127.94.0.1";
const FORBIDDEN = "127.95.0.1";

let gateway: GatewayUnderTest;
let server: FakeProvider;
/** Of the fake servers that speak TLS. */
let authority: Certified;
let addresses: string[];
/** What a test has opened. */
const opened: (() => Promise<void>)[] = [];

async function open(options: Partial<GatewayOptions> = {}): Promise<void> {
  const strangers = modelServers(async () => addresses, {
    names: [],
    ranges: ["127.0.0.1/32", "127.94.0.0/16"],
  });
  gateway = await startGateway({ strangers, ...options });
}
beforeAll(async () => {
  authority = await createAuthority();
  setDefaultCACertificates([...getCACertificates("default"), authority.certificate]);
  await open();
});
beforeEach(async () => {
  addresses = [];
  server = await startFakeProvider(json({ usage: USAGE }));
  gateway.access.baseUrl = `${server.url}/openai/v1`;
  gateway.access.asked.length = 0;
  gateway.access.settled.length = 0;
});
afterEach(async () => {
  // None of a test's is settled in the next one.
  await expect.poll(() => gateway.access.settled.length).toBe(gateway.access.asked.length);
  await server.close();
  for (const end of opened.splice(0)) await end();
});
afterAll(() => gateway.close());

function ask(path: string, body: object | null = { model: "llama-3.3", max_tokens: 50 }): Promise<Response> {
  return fetch(`${gateway.url}/openai-compatible${path}`, {
    method: body ? "POST" : "GET",
    headers: { authorization: `Bearer ${TOKEN}`, ...(body && { "content-type": "application/json" }) },
    ...(body && { body: JSON.stringify(body) }),
  });
}
const turn = (body: object = {}) =>
  ask("/v1/chat/completions", { model: "llama-3.3", max_tokens: 50, ...body });

async function tlsAt(address: string): Promise<{ readonly asked: string[]; close: () => Promise<void> }> {
  const { certificate: cert, key } = await certify(authority);
  const asked: string[] = [];
  const tls: Server = createTlsServer({ cert, key }, (request, response) => {
    asked.push(`${request.headers.host}${request.url}`);
    request.resume();
    response.setHeader("connection", "close");
    response.setHeader("content-type", "application/json");
    response.end(JSON.stringify({ usage: USAGE }));
  });
  await listen(tls, 8443, address);
  opened.push(() => close(tls, 0));
  return { asked, close: () => close(tls, 0) };
}

describe("a compatible server", () => {
  it.each([
    ["/v1/chat/completions", "/openai/v1/chat/completions"],
    ["/v1/embeddings", "/openai/v1/embeddings"],
    ["/v1/responses", "/openai/v1/responses"],
  ])("%s goes below its base URL, with the real key in the token's place", async (path, upstream) => {
    expect((await ask(path)).status).toBe(200);
    const { request } = server.received[0] ?? {};
    expect(request?.url).toBe(upstream);
    expect(request?.headers.authorization).toBe(`Bearer ${KEY}`);
    expect(JSON.stringify(request?.rawHeaders)).not.toContain(TOKEN);
  });
  it("answers which models it has, those with slashes, too", async () => {
    server.answer = json({ data: [{ id: "meta/llama-3.3" }] });
    expect((await ask("/v1/models", null)).status).toBe(200);
    expect((await ask("/v1/models/meta/llama-3.3", null)).status).toBe(200);
    expect(server.received.map(({ request }) => request.url)).toEqual([
      "/openai/v1/models",
      "/openai/v1/models/meta/llama-3.3",
    ]);
  });
  it("whose address can't be used is not asked, and nothing stays under way", async () => {
    gateway.access.baseUrl = "no address at all";
    expect((await turn()).status).toBe(503);
    expect(gateway.access.settled).toEqual([
      { status: null, durationMs: 0, usage: NOTHING_USED, microdollars: 0 },
    ]);
  });
  it("is each deployment's own", async () => {
    const other = await startFakeProvider(json({ usage: USAGE }));
    opened.push(() => other.close());
    await turn();
    gateway.access.baseUrl = other.url;
    await turn();
    expect(server.received.map(({ request }) => request.url)).toEqual(["/openai/v1/chat/completions"]);
    expect(other.received.map(({ request }) => request.url)).toEqual(["/chat/completions"]);
  });
  it("is asked by TLS under its own name, at the address that was judged", async () => {
    const tls = await tlsAt(ALLOWED);
    addresses = [ALLOWED];
    gateway.access.baseUrl = "https://api.x.ai:8443/v2";
    expect((await turn()).status).toBe(200);
    expect(tls.asked).toEqual(["api.x.ai:8443/v2/chat/completions"]);
  });
  it("whose certificate nobody vouches for, or is another's, gets nothing", async () => {
    const tls = await tlsAt(ALLOWED);
    addresses = [ALLOWED];
    gateway.access.baseUrl = "https://models.example.com:8443/v1";
    expect((await turn()).status).toBe(502);
    expect(tls.asked).toEqual([]);
  });
});

describe("what it used", () => {
  it("counts as it says; its price is nobody's", async () => {
    await (await turn()).text();
    await expect.poll(() => gateway.access.settled).toHaveLength(1);
    expect(gateway.access.settled[0]).toMatchObject({
      usage: { input: 20, output: 10 },
      microdollars: null,
    });
    expect(gateway.access.asked[0]?.worst.microdollars).toBeNull();
  });
  it("costs what the operator's table says", async () => {
    const before = gateway;
    await open({ prices: { "openai-compatible": { "llama-3.3": { input: 1, output: 2 } } } });
    gateway.access.baseUrl = server.url;
    await (await turn()).text();
    await expect.poll(() => gateway.access.settled).toHaveLength(1);
    expect(gateway.access.settled[0]?.microdollars).toBe(40);
    await gateway.close();
    gateway = before;
  });
  it("is its worst where it says nothing", async () => {
    server.answer = json({ choices: [] });
    await (await turn()).text();
    await expect.poll(() => gateway.access.settled).toHaveLength(1);
    expect(gateway.access.settled[0]).toMatchObject({ status: 200, usage: null, microdollars: null });
  });
  it("is asked for of streams, once; not of Mistral, which refuses the question", async () => {
    await turn({ stream: true });
    await turn({ stream: true, stream_options: { include_usage: true } });
    const bodies = server.received.map(({ body }) => JSON.parse(body));
    expect(bodies.map((body) => body.stream_options)).toEqual([
      { include_usage: true },
      { include_usage: true },
    ]);
    const { asksForUsage } = await import("../../../infra/assistant/compatible.ts");
    expect(asksForUsage("https://api.mistral.ai/v1")).toBe(false);
    expect(asksForUsage("https://api.groq.com/openai/v1")).toBe(true);
  });
});

describe("a server that would lead elsewhere", () => {
  it("by a redirect to a cloud's metadata is not followed", async () => {
    server.answer = ({ response }) => {
      response.writeHead(302, { location: "http://169.254.169.254/latest/meta-data/" });
      response.end("secret");
    };
    const answer = await turn();
    expect(answer.status).toBe(502);
    expect(await answer.text()).not.toContain("secret");
    expect(answer.headers.get("location")).toBeNull();
  });
  it.each([
    ["an address within this machine", `http://${FORBIDDEN}:8443/v1`],
    ["a decimal address", "http://2130706434/v1"],
    ["IPv6 of this machine", "http://[::1]/v1"],
    ["IPv6 that stands for IPv4", "http://[::ffff:127.95.0.1]/v1"],
    ["a cloud's metadata", "http://169.254.169.254/v1"],
    ["no name of the internet", "https://localhost/v1"],
  ])("%s is not dialled", async (_what, baseUrl) => {
    gateway.access.baseUrl = baseUrl;
    const answer = await turn();
    expect(answer.status).toBe(502);
    expect(gateway.problems.at(-1)).toMatch(/^openai-compatible: The address of a model's server must/);
    expect(gateway.access.settled).toMatchObject([{ usage: { input: 0 }, microdollars: 0 }]);
  });
  it("by a name that turns private is not dialled there", async () => {
    const allowed = await tlsAt(ALLOWED);
    const forbidden = await tlsAt(FORBIDDEN);
    gateway.access.baseUrl = "https://api.x.ai:8443/v1";
    addresses = [ALLOWED];
    expect((await turn()).status).toBe(200);
    await allowed.close();
    for (const turned of [[FORBIDDEN], [ALLOWED, FORBIDDEN], ["169.254.169.254"], []]) {
      addresses = turned;
      expect((await turn()).status).toBe(502);
    }
    expect(allowed.asked).toHaveLength(1);
    expect(forbidden.asked).toEqual([]);
  });
  it("is nowhere where the gateway knows of none", async () => {
    const before = gateway;
    gateway = await startGateway();
    gateway.access.baseUrl = server.url;
    expect((await turn()).status).toBe(502);
    expect(server.received).toEqual([]);
    await gateway.close();
    gateway = before;
  });
});

it("other providers stay where they are, whatever a deployment names", async () => {
  const answer = await fetch(`${gateway.url}/openai/v1/chat/completions`, {
    method: "POST",
    headers: { authorization: `Bearer ${TOKEN}`, "content-type": "application/json" },
    body: JSON.stringify({ model: "gpt-5.4", max_tokens: 5 }),
  });
  await answer.text();
  expect(server.received).toEqual([]);
  expect(gateway.provider.received.at(-1)?.request.url).toBe("/v1/chat/completions");
});
