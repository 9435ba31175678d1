// Ten thousand mixed requests over two model gateways that are killed and started again meanwhile: for each one that the fake
// provider got there is a row, with its figures to the token; what a killed gateway had under way counts at its worst.
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { Agent, request } from "node:http";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import pg from "pg";
import { afterAll, beforeAll, expect, it } from "vitest";
import { ACTIVATION } from "../support/berth.ts";
import { Beside } from "../support/faults/beside.ts";
import { Server } from "../support/faults/server.ts";
import { slotFor } from "../support/faults/strike.ts";
import { Worker } from "../support/faults/worker.ts";
import { freePort } from "../support/free-port.ts";
import { events, type FakeProvider, json, startFakeProvider } from "../support/gateway/fake-provider.ts";
import { type PostgresServer, startPostgres } from "../support/postgres.ts";

const COUNT = 10_000;
const LANES = 50;
const KILLS_AT = [COUNT / 4, COUNT / 2];
/** The longest answer that the first one allows: each allows one token more, so its worst case says which it is. */
const FIRST = 100_000;
const LENGTH = bodyOf(0).length;
/** Of a gateway that was killed, the others know after a minute. */
const ALL_COUNTED = { timeout: 180_000, interval: 500 };

let postgres: PostgresServer;
let provider: FakeProvider;
let server: Server;
let books: pg.Client;
const gateways: { process: Beside; readonly port: number; readonly agent: Agent }[] = [];
let id: string;
beforeAll(async () => {
  postgres = await startPostgres();
  provider = await startFakeProvider((received) => answered(numberIn(received.body), received));
  const settings = {
    DATABASE_URL: postgres.url,
    BERTH_ROLE: "api",
    BERTH_MODEL_GATEWAY: "all",
    BERTH_GATEWAY_URL: "https://gateway.example.com",
    BERTH_ANTHROPIC_BASE_URL: provider.url,
  };
  server = await Server.start(99, { settings });
  await Worker.start(server);
  for (let count = 0; count < 2; count++) {
    const port = await freePort();
    gateways.push({ process: await start(port), port, agent: new Agent({ keepAlive: true }) });
  }
  id = await slotFor(server, "stop");
  books = new pg.Client({ connectionString: postgres.url });
  await books.connect();
});
afterAll(async () => {
  await books?.end();
  await server?.close();
  await provider?.close();
  await postgres?.stop();
});

it("what was billed is counted, to the token, whatever was killed", { timeout: 900_000 }, async () => {
  const { models } = JSON.parse(readFileSync(join(server.dataDir, "secrets", `${id}.json`), "utf8"));
  let next = 0;
  const kills: Promise<void>[] = [];
  const lane = async () => {
    for (let number = next++; number < COUNT; number = next++) {
      if (KILLS_AT.includes(number)) kills.push(killOne(kills.length % 2));
      // Who had the killed one loses its answer, and does not ask again.
      await send(number, models.anthropic).catch(() => undefined);
    }
  };
  await Promise.all(Array.from({ length: LANES }, lane));
  await Promise.all(kills);
  await expect.poll(async () => (await usage()).openRequests, ALL_COUNTED).toBe(0);

  const rows = await readBooks();
  const ofNumber = new Map(rows.map((row) => [row.worst_tokens - LENGTH - FIRST, row]));
  expect(ofNumber.size).toBe(rows.length);
  const sent = provider.received.map(({ body }) => numberIn(body));
  expect(sent.filter((number) => !ofNumber.has(number))).toEqual([]);
  expect(sent.length).toBeGreaterThan(COUNT / 2);
  for (const [number, { state, counted_tokens, worst_tokens }] of ofNumber)
    expect([number, counted_tokens]).toEqual([number, state === "lost" ? worst_tokens : billed(number)]);
  const lost = rows.filter(({ state }) => state === "lost");
  expect(lost.length).toBeGreaterThan(0);
  expect(lost.length).toBeLessThanOrEqual(KILLS_AT.length * LANES);
  const { total } = await usage();
  const counted = rows.reduce((sum, row) => sum + row.counted_tokens, 0);
  expect(total).toMatchObject({ requests: rows.length, tokens: counted });
});

function bodyOf(number: number): string {
  return JSON.stringify({ model: ACTIVATION.modelId, max_tokens: FIRST + number, messages: [] });
}

function numberIn(body: string): number {
  return JSON.parse(body).max_tokens - FIRST;
}

const KINDS = ["JSON", "a stream", "compressed", "overloaded"] as const;

function billed(number: number): number {
  if (KINDS[number % KINDS.length] === "overloaded") return 0;
  const { input_tokens, cache_read_input_tokens, output_tokens } = figures(number);
  return input_tokens + cache_read_input_tokens + output_tokens;
}

function figures(number: number) {
  const [input_tokens, cache_read_input_tokens] = [1 + (number % 977), number % 53];
  return { input_tokens, cache_read_input_tokens, output_tokens: 1 + (number % 89) };
}

function answered(number: number, received: FakeProvider["received"][number]): void | Promise<void> {
  const usage = figures(number);
  const { output_tokens, ...input } = usage;
  const stream = [
    { type: "message_start", message: { usage: { ...input, output_tokens: 1 } } },
    { type: "message_delta", usage: { output_tokens } },
  ];
  const { response } = received;
  switch (KINDS[number % KINDS.length]) {
    case "a stream":
      return events(stream.map((event) => `data: ${JSON.stringify(event)}\n\n`).join(""))(received);
    case "compressed":
      response.writeHead(200, { "content-type": "application/json", "content-encoding": "gzip" });
      return void response.end(gzipSync(JSON.stringify({ usage })));
    case "overloaded":
      return json({ type: "error", error: { type: "overloaded_error" } }, 529)(received);
    default:
      return json({ usage })(received);
  }
}

function start(port: number): Promise<Beside> {
  const says = "Berth passes requests on to models";
  return Beside.start(server, { role: "gateway", says, settings: { BERTH_GATEWAY_PORT: `${port}` } });
}

async function killOne(at: number): Promise<void> {
  const gateway = gateways[at];
  if (!gateway) return;
  await gateway.process.kill();
  gateway.process = await start(gateway.port);
}

async function send(number: number, token: string): Promise<void> {
  const { port, agent } = gateways[number % 2] ?? {};
  const headers = { "x-api-key": token, "content-type": "application/json" };
  const asked = request({ port, agent, method: "POST", path: "/anthropic/v1/messages", headers });
  asked.end(bodyOf(number));
  const [answer] = await once(asked, "response");
  for await (const _piece of answer);
}

interface Row {
  readonly state: string;
  readonly worst_tokens: number;
  readonly counted_tokens: number;
}

async function readBooks(): Promise<Row[]> {
  const asked = "select state, worst_tokens, counted_tokens from model_requests where deployment_id = $1";
  return (await books.query<Row>(asked, [id])).rows;
}

async function usage() {
  return (await server.call("GET", `${id}/usage`)).body.data as unknown as {
    readonly openRequests: number;
    readonly total: { readonly requests: number; readonly tokens: number };
  };
}
