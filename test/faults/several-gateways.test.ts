// Two model gateways on one PostgreSQL, processes of their own beside an API and a worker: limits, stops and the operator's
// switch hold over both, and one that is killed loses nothing. The provider is a fake one.
import { execFile } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { type IncomingMessage, request } from "node:http";
import { request as requestByTls } from "node:https";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, it } from "vitest";
import { resourceName } from "../../infra/args.ts";
import { bridgeAddress } from "../../infra/docker/bridge.ts";
import { ACTIVATION } from "../support/berth.ts";
import { docker } from "../support/docker.ts";
import { Beside } from "../support/faults/beside.ts";
import { Server } from "../support/faults/server.ts";
import { untilSettled } from "../support/faults/settled.ts";
import { accepted, slotFor } from "../support/faults/strike.ts";
import { Worker } from "../support/faults/worker.ts";
import { freePort } from "../support/free-port.ts";
import { type FakeProvider, json, startFakeProvider } from "../support/gateway/fake-provider.ts";
import { type PostgresServer, startPostgres } from "../support/postgres.ts";

const BERTH = new URL("../../api/berth.ts", import.meta.url).pathname;
const MESSAGE = { model: ACTIVATION.modelId, max_tokens: 100, messages: [] };
const WORST = JSON.stringify(MESSAGE).length + MESSAGE.max_tokens;
/** As dear as it can be. */
const DEAREST = json({ type: "message", usage: { input_tokens: WORST - 100, output_tokens: 100 } });
const BEGINNING =
  'event: message_start\ndata: {"type":"message_start","message":{"usage":{"input_tokens":7,"output_tokens":1}}}\n\n';
/** To which the host rules of every installation lead. */
const NAMES_PORT = 18_790;
/** Of an answer that was left after its beginning: what that says of the input, and a token for four bytes. */
const BEGUN = 7 + Math.ceil(BEGINNING.length / 4);
/** Of a gateway that was killed, the others know after a minute. */
const KNOWN_TO_BE_GONE = { timeout: 120_000, interval: 500 };

let postgres: PostgresServer;
let provider: FakeProvider;
let server: Server;
let gateways: readonly { readonly process: Beside; readonly port: number }[];
let id: string;
beforeAll(async () => {
  postgres = await startPostgres();
  provider = await startFakeProvider(DEAREST);
  const settings = {
    DATABASE_URL: postgres.url,
    BERTH_ROLE: "api",
    BERTH_MODEL_GATEWAY: "all",
    BERTH_GATEWAY_URL: "https://gateway.example.com",
    BERTH_ANTHROPIC_BASE_URL: provider.url,
  };
  server = await Server.start(96, { settings });
  await Worker.start(server);
  gateways = await Promise.all([startGateway(), startGateway()]);
  id = await slotFor(server, "stop");
});
afterAll(async () => {
  await server?.close();
  await provider?.close();
  await postgres?.stop();
});

it("a hundred requests at once over both overrun a limit by less than the worst of one", async () => {
  const limit = 10 * WORST + 1;
  await server.call("PATCH", id, { limits: { month: { tokens: limit } } });
  const before = provider.received.length;
  const answers = await Promise.all(Array.from({ length: 100 }, (_, at) => ask(at % 2)));
  expect(answers.filter((status) => status === 200)).toHaveLength(11);
  expect(answers.filter((status) => status === 429)).toHaveLength(89);
  expect(provider.received).toHaveLength(before + 11);
  await expect.poll(usage).toMatchObject({ openRequests: 0, total: { requests: 11, tokens: 11 * WORST } });
  for (const at of [0, 1]) expect(await ask(at)).toBe(429);
  await server.call("PATCH", id, { limits: null });
  for (const at of [0, 1]) expect(await ask(at)).toBe(200);
});

it("the operator's switch ends what runs in both, and holds in both until it is turned back", async () => {
  const running = await streamsThroughBoth();
  await gatewayCommand("stop", "anthropic");
  for (const at of [0, 1]) expect(await ask(at)).toBe(503);
  await Promise.all(running.map(({ ended }) => ended));
  await gatewayCommand("resume", "anthropic");
  for (const at of [0, 1]) expect(await ask(at)).toBe(200);
});

it("one that is killed loses no request: what it had under way counts at its worst", async () => {
  await expect.poll(usage).toMatchObject({ openRequests: 0 });
  const before = await usage();
  const [, second] = await streamsThroughBoth();
  const [killed] = gateways;
  await killed?.process.kill();
  expect(await ask(1)).toBe(200);
  await expect.poll(usage).toMatchObject({ openRequests: 2, total: { requests: before.total.requests + 1 } });
  second?.answer.destroy();
  const counted = { openRequests: 0, total: { requests: before.total.requests + 3 } };
  await expect.poll(usage, KNOWN_TO_BE_GONE).toMatchObject(counted);
  expect((await usage()).total.tokens).toBe(before.total.tokens + WORST + BEGUN + WORST);
  gateways = [await startGateway(), ...gateways.slice(1)];
  expect(await ask(0)).toBe(200);
});

it("of two on one host that assistants reach by names, the second takes the place of the first", async () => {
  const byNames = { BERTH_GATEWAY_URL: undefined, BERTH_GATEWAY_PORT: `${NAMES_PORT}` };
  const first = await startGateway(byNames);
  await expect.poll(() => askByName().catch(() => 0)).toBe(200);
  const second = await startGateway(byNames);
  expect(await askByName()).toBe(200);
  // What is not settled yet counts for lost a minute later.
  await expect.poll(usage).toMatchObject({ openRequests: 0 });
  await first.process.kill();
  await expect.poll(() => askByName().catch(() => 0)).toBe(200);
  await expect.poll(usage).toMatchObject({ openRequests: 0 });
  await second.process.kill();
  await expect(askByName()).rejects.toThrow("ECONNREFUSED");
});

it("a stop of the assistant ends what runs in both, and its token", async () => {
  const running = await streamsThroughBoth();
  await accepted(server, id, "stop");
  for (const at of [0, 1]) expect(await ask(at)).toBe(403);
  await Promise.all(running.map(({ ended }) => ended));
  await untilSettled(server, id);
  await expect.poll(usage).toMatchObject({ openRequests: 0 });
});

async function startGateway(others: Readonly<Record<string, string | undefined>> = {}) {
  const port = await freePort();
  const settings = { BERTH_GATEWAY_PORT: `${port}`, ...others };
  const says = "Berth passes requests on to models";
  return { process: await Beside.start(server, { role: "gateway", says, settings }), port };
}

async function streamsThroughBoth() {
  provider.answer = ({ response }) => {
    response.writeHead(200, { "content-type": "text/event-stream" });
    response.write(BEGINNING);
  };
  const running = await Promise.all(
    [0, 1].map(async (at) => {
      const answer = await send(at);
      const [piece] = await once(answer, "data");
      expect(`${piece}`).toBe(BEGINNING);
      return { answer, ended: new Promise<void>((resolve) => answer.once("close", resolve)) };
    }),
  );
  provider.answer = DEAREST;
  return running;
}

async function ask(at: number): Promise<number> {
  const answer = await send(at);
  await text(answer);
  return answer.statusCode ?? 0;
}

/** As the assistant would, by one of the two. */
async function send(at: number): Promise<IncomingMessage> {
  const sent = request({ ...asked(), port: gateways[at]?.port, path: "/anthropic/v1/messages" });
  sent.end(JSON.stringify(MESSAGE));
  const [answer] = await once(sent, "response");
  answer.on("error", () => undefined);
  return answer;
}

/** At the provider's name, which leads to the host's address on the assistant's bridge. */
async function askByName(): Promise<number> {
  const name = "api.anthropic.com";
  const { IPAM } = await docker.getNetwork(resourceName(id)).inspect();
  const host = bridgeAddress(IPAM?.Config?.[0]?.Subnet ?? "");
  const { headers, ...options } = asked();
  const sent = requestByTls({
    ...options,
    ...{ host, port: NAMES_PORT, path: "/v1/messages", servername: name, rejectUnauthorized: false },
    headers: { ...headers, host: name },
  });
  sent.end(JSON.stringify(MESSAGE));
  const [answer] = await once(sent, "response");
  await text(answer);
  return answer.statusCode;
}

function asked() {
  const { models } = JSON.parse(readFileSync(join(server.dataDir, "secrets", `${id}.json`), "utf8"));
  const headers = { "x-api-key": models.anthropic as string, "content-type": "application/json" };
  return { method: "POST", agent: false, headers } as const;
}

interface Usage {
  readonly openRequests: number;
  readonly total: { readonly requests: number; readonly tokens: number };
}

async function usage(): Promise<Usage> {
  return (await server.call("GET", `${id}/usage`)).body.data as unknown as Usage;
}

/** `npm run berth -- gateway …`, as the operator runs it. */
async function gatewayCommand(...args: string[]): Promise<void> {
  await promisify(execFile)(process.execPath, [BERTH, "gateway", ...args], { env: server.environment });
}
