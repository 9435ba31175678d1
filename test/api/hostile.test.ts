// What no honest client sends, byte by byte: nothing gets in, nothing falls over, each answer is documented.
import { connect, type Socket } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { API_CALLS } from "../../api/contract/calls.ts";
import { API_KEY, paidSlot, startTestBerth, type TestBerth } from "../support/berth.ts";
import { judgeOf } from "../support/document.ts";
import { fc } from "../support/fast-check.ts";
import { ownTime } from "../support/own-time.ts";

const RUNS = { bodies: 400, paths: 300, headers: 300 };
/** Answers of HTTP itself, before there is a call: they belong to none. */
const OF_HTTP = [400, 408, 417, 431];
const METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND", "BREW"];
const CHANGING = Object.values(API_CALLS).filter(({ method }) => method !== "get");

let berth: TestBerth;
let id: string;
beforeAll(async () => {
  berth = await startTestBerth(38, {
    BERTH_ROLE: "api",
    BERTH_RATE_READS: "0",
    BERTH_RATE_WRITES: "0",
    BERTH_RATE_WRONG_KEYS: "0",
  });
  id = await paidSlot(berth);
});
afterAll(() => berth.close());

describe("generated", () => {
  it(`bodies (${RUNS.bodies}) change nothing`, async () => {
    const body = fc.oneof(fc.json(), fc.string({ unit: "binary" }), almostRight(), nested());
    const cases = fc.record({ call: fc.constantFrom(...CHANGING), body });
    await fc.assert(
      fc.asyncProperty(cases, async ({ call, body }) => {
        if (isLegal(call.path, body)) return;
        const path = call.path.replace(":id", id).replace(":callbackId", id);
        const answer = await berth.call(call.method.toUpperCase(), path, body);
        expect(answer.status).toBeGreaterThanOrEqual(400);
        expect(answer.status).toBeLessThan(500);
      }),
      { numRuns: RUNS.bodies },
    );
    expect((await berth.call("GET", `${id}/status`)).body.data?.status).toBe("purchased");
  });

  it(`paths (${RUNS.paths}) lead nowhere without a key`, async () => {
    const part = fc.oneof(
      fc.constantFrom(
        "api",
        "v1",
        "assistants",
        "keys",
        "..",
        ".",
        "%2e%2e",
        "%00",
        "%ff",
        "%",
        "?",
        "#",
        ";",
        "\\",
        id,
      ),
      fc.string({ unit: "binary", maxLength: 40 }).map((text) => encodeURIComponent(text.toWellFormed())),
      fc.string({ minLength: 1, maxLength: 40 }).map((text) => text.replace(/[\s#]/g, "_")),
    );
    const path = fc.array(part, { maxLength: 12 }).map((parts) => `/api/v1/${parts.join("/")}`);
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...METHODS), path, async (method, path) => {
        const answer = await exchange(`${method} ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`);
        await expectDocumented(method, path, answer);
        expect(answer.status).toBeGreaterThanOrEqual(400);
      }),
      { numRuns: RUNS.paths },
    );
  });

  it(`headers (${RUNS.headers}) get nobody in`, async () => {
    const name = fc.constantFrom(
      ...[
        "X-API-Key",
        "Authorization",
        "Cookie",
        "Idempotency-Key",
        "X-Request-Id",
        "Content-Type",
        "Content-Length",
      ],
      ...[
        "Transfer-Encoding",
        "Content-Encoding",
        "Expect",
        "Host",
        "X-Forwarded-For",
        "X-Original-URL",
        "Upgrade",
      ],
      ...["X-HTTP-Method-Override", "Last-Event-ID", "If-None-Match", "Range", "Accept"],
    );
    const value = fc.oneof(
      fc.string({ unit: "binary", maxLength: 300 }).map((text) => text.replace(/[\r\n]/g, " ")),
      fc.constantFrom(
        "",
        "chunked, identity",
        "-1",
        "1e9",
        "gzip",
        `${API_KEY} `.repeat(2),
        `brt_${"0".repeat(60)}`,
      ),
    );
    const line = fc.tuple(name, value).map(([name, value]) => `${name}: ${value}\r\n`);
    await fc.assert(
      fc.asyncProperty(fc.array(line, { minLength: 1, maxLength: 6 }), async (lines) => {
        const path = "/api/v1/assistants/purchase";
        const start = `POST ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n`;
        const answer = await exchange(`${start}${lines.join("")}\r\n`, 1_000);
        if (answer.status === 0) return;
        await expectDocumented("POST", path, answer);
        expect(answer.status).toBeGreaterThanOrEqual(400);
      }),
      { numRuns: RUNS.headers },
    );
    expect((await berth.call("GET", "")).body.data).toHaveLength(1);
  });
});

describe("a key elsewhere than in its header", () => {
  it.each(Object.values(API_CALLS).map(({ method, path }) => [method.toUpperCase(), path]))(
    "opens nothing: %s %s",
    async (method, path) => {
      const query = ["X-API-Key", "x-api-key", "api_key", "apiKey", "key", "access_token"].map(
        (name) => `${name}=${API_KEY}`,
      );
      const url = `${berth.url}${path.replaceAll(/:\w+/g, id)}?${query.join("&")}`;
      const headers = { Authorization: `Bearer ${API_KEY}`, Cookie: `X-API-Key=${API_KEY}` };
      const response = await fetch(url, { method, headers });
      expect(response.status).toBe(401);
      expect(await response.text()).not.toContain(API_KEY);
    },
  );
});

describe("a header that comes twice", () => {
  const key = `X-API-Key: ${API_KEY}\r\n`;
  it.each([
    ["the right key and a wrong one", `${key}X-API-Key: wrong\r\n`, [401]],
    ["a wrong key and the right one", `X-API-Key: wrong\r\n${key}`, [401]],
    ["the right key both times", key + key, [401]],
    ["two lengths", `${key}Content-Length: 2\r\nContent-Length: 18\r\n`, [400]],
    ["a length and chunks", `${key}Content-Length: 18\r\nTransfer-Encoding: chunked\r\n`, [400]],
    ["two idempotency keys", `${key}Idempotency-Key: a\r\nIdempotency-Key: b\r\n`, [400]],
  ])("is refused: %s", async (_what, lines, statuses) => {
    const path = "/api/v1/assistants/purchase";
    const start = `POST ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: application/json\r\n`;
    const length = lines.includes("Length") ? "" : "Content-Length: 18\r\n";
    const answer = await exchange(`${start}${length}${lines}\r\n{"apiMode":"byok"}`);
    expect(statuses).toContain(answer.status);
    await expectDocumented("POST", path, answer);
  });
});

it("chunked bodies that never end are cut off, with a key and without, and meanwhile others are served", async () => {
  const start = "POST /api/v1/assistants/purchase HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n";
  const chunked = "Transfer-Encoding: chunked\r\n\r\n";
  const right = `${start}X-API-Key: ${API_KEY}\r\n${chunked}`;
  const drop = "1\r\n \r\n";
  const flood = `4000\r\n${" ".repeat(0x4000)}\r\n`;
  const endless = [
    ...Array.from({ length: 20 }, () => pour(right, drop, 500)),
    ...Array.from({ length: 20 }, () => pour(right, flood, 20)),
    ...Array.from({ length: 20 }, () => pour(start + chunked, flood, 20)),
  ];
  for (let count = 0; count < 10; count++) {
    expect((await berth.call("GET", "")).status).toBe(200);
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  const ended = await Promise.all(endless);
  expect(Math.max(...ended.map(({ ownMs }) => ownMs))).toBeLessThan(30_000);
  expect(new Set(ended.slice(0, 40).map(({ status }) => status))).toEqual(new Set([408]));
  expect(new Set(ended.slice(40).map(({ status }) => status))).toEqual(new Set([401]));
});

/** An activation with one field turned into something else. */
function almostRight(): fc.Arbitrary<string> {
  const fields = [
    "name",
    "modelProvider",
    "modelId",
    "telegramBotToken",
    "modelApiKey",
    "callbackUrl",
    "apiMode",
  ];
  return fc
    .dictionary(fc.constantFrom(...fields, "__proto__", "constructor", "scopes"), fc.jsonValue())
    .map((body) => JSON.stringify({ ...body, surprise: 1 }));
}

function nested(): fc.Arbitrary<string> {
  return fc.integer({ min: 1, max: 20_000 }).map((depth) => "[".repeat(depth) + "]".repeat(depth));
}

/** Some calls take any of these. */
function isLegal(path: string, body: string): boolean {
  const isNothing = body === "" || /^\s*\{\s*\}\s*$/.test(body);
  return isNothing && path !== API_CALLS.purchase.path;
}

interface Exchanged {
  /** 0 when there was no answer. */
  readonly status: number;
  readonly headers: Headers;
  readonly body: string;
}

async function expectDocumented(method: string, path: string, { status, headers, body }: Exchanged) {
  if (OF_HTTP.includes(status) && !headers.has("x-request-id")) {
    expect(JSON.parse(body)).toEqual({ error: { code: "INVALID_REQUEST", message: expect.any(String) } });
    return;
  }
  expect(status).toBeGreaterThan(0);
  if (method === "HEAD") return;
  const judge = await judgeOf(berth.url);
  expect(
    judge({ method, path, status, headers, body: JSON.parse(body) }),
    `${method} ${path}`,
  ).toBeUndefined();
}

/** Sends these bytes and reads until the server hangs up, or for so long. */
async function exchange(text: string, waitMs = 60_000): Promise<Exchanged> {
  const socket = await open();
  let answer = "";
  socket.setEncoding("utf8").on("data", (piece) => {
    answer += piece;
  });
  socket.setTimeout(waitMs, () => socket.destroy());
  const closed = new Promise<void>((resolve) => socket.once("close", () => resolve()));
  socket.write(Buffer.from(text, "latin1"));
  await closed;
  const [head = "", body = ""] = answer.split(/\r\n\r\n(.*)/s);
  const [first = "", ...lines] = head.split("\r\n");
  const headers = new Headers(lines.map((line) => line.split(/: (.*)/s).slice(0, 2) as [string, string]));
  // An empty body in chunks.
  return { status: Number(first.split(" ")[1] ?? 0), headers, body: body === "0\r\n\r\n" ? "" : body };
}

/** Sends a piece again and again until the server hangs up. */
async function pour(
  start: string,
  piece: string,
  everyMs: number,
): Promise<{ ownMs: number; status: number }> {
  const own = ownTime();
  const socket = await open();
  let answer = "";
  socket.setEncoding("utf8").on("data", (text) => {
    answer += text;
  });
  socket.write(start);
  const timer = setInterval(() => {
    if (!socket.writableNeedDrain) socket.write(piece);
  }, everyMs);
  await new Promise<void>((resolve) => socket.once("close", () => resolve()));
  clearInterval(timer);
  return { ownMs: own(), status: Number(answer.split(" ")[1] ?? 0) };
}

async function open(): Promise<Socket> {
  const socket = connect(Number(new URL(berth.url).port), "127.0.0.1");
  socket.on("error", () => {});
  await new Promise<void>((resolve) => socket.once("connect", () => resolve()));
  return socket;
}
