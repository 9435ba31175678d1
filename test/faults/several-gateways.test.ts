// Two model gateways on one PostgreSQL, processes of their own beside an API and a worker: limits, stops and the operator's
// switch hold over both, and one that is killed loses nothing. The provider is a fake one.
import { execFile } from "node:child_process";
import { once } from "node:events";
import { type IncomingMessage, request } from "node:http";
import { request as requestByTls } from "node:https";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import pg from "pg";
import { afterAll, beforeAll, expect, it } from "vitest";
import { resourceName } from "../../infra/args.ts";
import { bridgeAddress } from "../../infra/docker/bridge.ts";
import { ACTIVATION } from "../support/berth.ts";
import { docker } from "../support/docker.ts";
import { Gateways, type RunningGateway } from "../support/faults/gateways.ts";
import { untilSettled } from "../support/faults/settled.ts";
import { accepted } from "../support/faults/strike.ts";
import { json } from "../support/gateway/fake-provider.ts";

const BERTH = fileURLToPath(new URL("../../api/berth.ts", import.meta.url));
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
const HANGS = { timeout: 300_000 };

let all: Gateways;
let gateways: readonly RunningGateway[];
beforeAll(async () => {
  all = await Gateways.open(96, DEAREST);
  gateways = await Promise.all([all.start(), all.start()]);
});
afterAll(() => all?.close());

const usage = () => all.usage();

it("a hundred requests at once over both overrun a limit by less than the worst of one", async () => {
  const limit = 10 * WORST + 1;
  await all.server.call("PATCH", all.id, { limits: { month: { tokens: limit } } });
  const before = all.provider.received.length;
  const answers = await Promise.all(Array.from({ length: 100 }, (_, at) => ask(at % 2)));
  expect(answers.filter((status) => status === 200)).toHaveLength(11);
  expect(answers.filter((status) => status === 429)).toHaveLength(89);
  expect(all.provider.received).toHaveLength(before + 11);
  await expect.poll(usage).toMatchObject({ openRequests: 0, total: { requests: 11, tokens: 11 * WORST } });
  for (const at of [0, 1]) expect(await ask(at)).toBe(429);
  await all.server.call("PATCH", all.id, { limits: null });
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
  gateways = [await all.start(), ...gateways.slice(1)];
  expect(await ask(0)).toBe(200);
});

it("of two on one host that assistants reach by names, the second takes the place of the first", async () => {
  const byNames = { BERTH_GATEWAY_URL: undefined, BERTH_GATEWAY_PORT: `${NAMES_PORT}` };
  const first = await all.start(byNames);
  await expect.poll(() => askByName().catch(() => 0)).toBe(200);
  const second = await all.start(byNames);
  expect(await askByName()).toBe(200);
  // What is not settled yet counts for lost a minute later.
  await expect.poll(usage).toMatchObject({ openRequests: 0 });
  await first.process.kill();
  await expect.poll(() => askByName().catch(() => 0)).toBe(200);
  await expect.poll(usage).toMatchObject({ openRequests: 0 });
  await second.process.kill();
  await expect(askByName()).rejects.toThrow("ECONNREFUSED");
});

it("an ended payment ends what runs in both before anything is stopped, and what comes", async () => {
  const running = await streamsThroughBoth();
  const database = new pg.Client({ connectionString: all.postgres.url });
  await database.connect();
  // As a notice of the payment provider is recorded while an operation keeps the suspension waiting.
  const set = (payment: string) =>
    database.query("update deployments set payment = $1 where id = $2", [payment, all.id]);
  await set("revoked");
  for (const at of [0, 1]) expect(await ask(at)).toBe(403);
  await Promise.all(running.map(({ ended }) => ended));
  await set("paid");
  await database.end();
  for (const at of [0, 1]) expect(await ask(at)).toBe(200);
});

it("PostgreSQL hangs: what runs ends after a minute, and all works once it answers", HANGS, async () => {
  await expect.poll(usage).toMatchObject({ openRequests: 0 });
  const before = await usage();
  const running = await streamsThroughBoth();
  all.postgres.freeze();
  const frozenAt = performance.now();
  const seconds = () => (performance.now() - frozenAt) / 1_000;
  const answer = await all.server.call("GET", `${all.id}/usage`);
  expect(answer).toMatchObject({ status: 503, body: { error: { code: "UNAVAILABLE" } } });
  expect(seconds()).toBeLessThan(45);
  await Promise.all(running.map(({ ended }) => ended));
  expect(seconds()).toBeGreaterThan(55);
  expect(seconds()).toBeLessThan(75);
  expect(await Promise.all([ask(0), ask(1)])).toEqual([503, 503]);
  all.postgres.thaw();
  expect(await Promise.all([ask(0), ask(1)])).toEqual([200, 200]);
  await expect.poll(usage, KNOWN_TO_BE_GONE).toMatchObject({
    openRequests: 0,
    total: { requests: before.total.requests + 4, tokens: before.total.tokens + 2 * (BEGUN + WORST) },
  });
  const logs = [all.server.log, ...gateways.map(({ process }) => process.log)].join("\n");
  expect(logs).not.toMatch(/nobody waited for|nobody has caught/);
});

it("a stop of the assistant ends what runs in both, and its token", async () => {
  const running = await streamsThroughBoth();
  await accepted(all.server, all.id, "stop");
  for (const at of [0, 1]) expect(await ask(at)).toBe(403);
  await Promise.all(running.map(({ ended }) => ended));
  await untilSettled(all.server, all.id);
  await expect.poll(usage).toMatchObject({ openRequests: 0 });
});

async function streamsThroughBoth() {
  all.provider.answer = ({ response }) => {
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
  all.provider.answer = DEAREST;
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
  const { IPAM } = await docker.getNetwork(resourceName(all.id)).inspect();
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
  const headers = { "x-api-key": all.token, "content-type": "application/json" };
  return { method: "POST", agent: false, headers } as const;
}

/** `npm run berth -- gateway …`, as the operator runs it. */
async function gatewayCommand(...args: string[]): Promise<void> {
  await promisify(execFile)(process.execPath, [BERTH, "gateway", ...args], { env: all.server.environment });
}
