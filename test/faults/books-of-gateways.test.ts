// Ten thousand mixed requests over two model gateways that are killed and started again meanwhile: for each one that the fake
// provider got there is a row, with its figures to the token; what a killed gateway had under way counts at its worst.
import { once } from "node:events";
import { Agent, request } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { gzipSync } from "node:zlib";
import pg from "pg";
import { afterAll, beforeAll, expect, it } from "vitest";
import { ACTIVATION } from "../support/berth.ts";
import { Gateways, type RunningGateway } from "../support/faults/gateways.ts";
import { events, type FakeProvider, json } from "../support/gateway/fake-provider.ts";

const COUNT = 10_000;
const LANES = 50;
const KILLS_AT = [COUNT / 4, COUNT / 2];
/** The longest answer that the first one allows: each allows one token more, so its worst case says which it is. */
const FIRST = 100_000;
const LENGTH = bodyOf(0).length;
/** Of a gateway that was killed, the others know after a minute. */
const ALL_COUNTED = { timeout: 180_000, interval: 500 };

let all: Gateways;
let books: pg.Client;
const gateways: { running: RunningGateway; readonly agent: Agent }[] = [];
beforeAll(async () => {
  all = await Gateways.open(99, (received) => answered(numberIn(received.body), received));
  for (let count = 0; count < 2; count++)
    gateways.push({ running: await all.start(), agent: new Agent({ keepAlive: true }) });
  books = new pg.Client({ connectionString: all.postgres.url });
  await books.connect();
});
afterAll(async () => {
  await books?.end();
  await all?.close();
});

it("what was billed is counted, to the token, whatever was killed", { timeout: 900_000 }, async () => {
  const { token } = all;
  let next = 0;
  const kills: Promise<void>[] = [];
  const lane = async () => {
    for (let number = next++; number < COUNT; number = next++) {
      if (KILLS_AT.includes(number)) kills.push(killOne(kills.length % 2));
      await sendOnce(number, token);
    }
  };
  await Promise.all(Array.from({ length: LANES }, lane));
  await Promise.all(kills);
  await expect.poll(async () => (await all.usage()).openRequests, ALL_COUNTED).toBe(0);

  const rows = await readBooks();
  const ofNumber = new Map(rows.map((row) => [row.worst_tokens - LENGTH - FIRST, row]));
  expect(ofNumber.size).toBe(rows.length);
  const sent = all.provider.received.map(({ body }) => numberIn(body));
  expect(sent.filter((number) => !ofNumber.has(number))).toEqual([]);
  expect(sent.length).toBeGreaterThan(COUNT - 2 * KILLS_AT.length * LANES);
  for (const [number, { state, counted_tokens, worst_tokens }] of ofNumber)
    expect([number, counted_tokens]).toEqual([number, state === "lost" ? worst_tokens : billed(number)]);
  const lost = rows.filter(({ state }) => state === "lost");
  expect(lost.length).toBeGreaterThan(0);
  expect(lost.length).toBeLessThanOrEqual(KILLS_AT.length * LANES);
  const { total } = await all.usage();
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

async function killOne(at: number): Promise<void> {
  const gateway = gateways[at];
  if (!gateway) return;
  const { process, port } = gateway.running;
  await process.kill();
  gateway.running = await all.start({}, port);
}

/** Who had the killed one loses its answer, and does not ask again; who finds none there waits for the next one. */
async function sendOnce(number: number, token: string): Promise<void> {
  for (;;) {
    const error = await send(number, token).then(
      () => undefined,
      (failure: NodeJS.ErrnoException) => failure,
    );
    if (error?.code !== "ECONNREFUSED") return;
    await sleep(100);
  }
}

async function send(number: number, token: string): Promise<void> {
  const { running, agent } = gateways[number % 2] ?? {};
  const headers = { "x-api-key": token, "content-type": "application/json" };
  const asked = request({
    port: running?.port,
    agent,
    method: "POST",
    path: "/anthropic/v1/messages",
    headers,
  });
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
  return (await books.query<Row>(asked, [all.id])).rows;
}
