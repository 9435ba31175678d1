// What is too much, too slow or too large is refused, and holds nobody else up.
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { addressGroup } from "../../api/middleware/rate-limits.ts";
import { callWith, newKey } from "../support/accounts.ts";
import { API_KEY, startTestBerth, type TestBerth } from "../support/berth.ts";
import { ownTime } from "../support/own-time.ts";

const BYOK = { apiMode: "byok" };

describe("with the default limits", () => {
  let berth: TestBerth;
  beforeAll(async () => {
    berth = await startTestBerth(24, { BERTH_ROLE: "api" });
  });
  afterAll(() => berth.close());

  it("two hundred wrong keys at once are refused, and the right one works", async () => {
    const wrong = Array.from({ length: 200 }, (_, index) =>
      berth.call("GET", "", undefined, {
        "X-API-Key": `brt_${"0".repeat(16)}_${String(index).padStart(43, "x")}`,
      }),
    );
    const right = Array.from({ length: 20 }, () => berth.call("GET", ""));
    const statuses = (await Promise.all(wrong)).map(({ status }) => status);
    expect(statuses.filter((status) => status === 401)).toHaveLength(30);
    expect(statuses.filter((status) => status === 429)).toHaveLength(170);
    for (const answer of await Promise.all(right)) expect(answer.status).toBe(200);
    expect((await berth.call("GET", "")).status).toBe(200);
  });

  it("a caller's X-Forwarded-For is not believed", async () => {
    const answer = await berth.call("GET", "", undefined, {
      "X-API-Key": "wrong",
      "X-Forwarded-For": "203.0.113.7",
    });
    expect(answer.status).toBe(429);
  });

  it("one key may poll a thousand times in a row", async () => {
    const { body } = await berth.call("POST", "purchase", BYOK);
    const path = `${body.data?.deploymentId}/status`;
    for (let round = 0; round < 20; round++) {
      const answers = await Promise.all(Array.from({ length: 50 }, () => berth.call("GET", path)));
      expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    }
  });

  it("headers of more than 16 KiB are refused", async () => {
    const response = await fetch(`${berth.url}/healthz`, { headers: { "X-Large": "x".repeat(20_000) } });
    expect(response.status).toBe(431);
  });

  it("a slow client is cut off, whether it drips its headers or its body, and meanwhile others are served", async () => {
    const start = "POST /api/v1/assistants/purchase HTTP/1.1\r\nHost: x\r\n";
    const withBody = `${start}X-API-Key: ${API_KEY}\r\nContent-Type: application/json\r\nContent-Length: 60000\r\n\r\n{`;
    const dripping = [
      ...Array.from({ length: 50 }, () => drip(berth.url, start, "X")),
      ...Array.from({ length: 50 }, () => drip(berth.url, withBody, " ")),
    ];
    for (let count = 0; count < 10; count++) {
      const ownMs = ownTime();
      expect((await berth.call("GET", "")).status).toBe(200);
      expect(ownMs()).toBeLessThan(1_000);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    const ownMs = await Promise.all(dripping);
    expect(Math.max(...ownMs.slice(0, 50))).toBeLessThan(15_000);
    expect(Math.max(...ownMs.slice(50))).toBeLessThan(25_000);
  });
});

describe("rate limits", () => {
  let berth: TestBerth;
  beforeAll(async () => {
    berth = await startTestBerth(24, {
      BERTH_ROLE: "api",
      BERTH_RATE_READS: "5",
      BERTH_RATE_WRITES: "3",
      BERTH_RATE_WRONG_KEYS: "2",
      BERTH_TRUST_PROXY: "127.0.0.1, ::1",
    });
  });
  afterAll(() => berth.close());

  it("are each key's own, apart for reads and changes, and told in headers", async () => {
    const first = callWith(berth, await newKey(berth, { account: "polling" }));
    const second = callWith(berth, await newKey(berth, { account: "polling" }));
    for (const left of [4, 3, 2, 1, 0]) {
      const answer = await first("GET", "");
      expect(answer.status).toBe(200);
      expect(answer.headers.get("ratelimit-policy")).toBe('"reads";q=5;w=60');
      expect(answer.headers.get("ratelimit")).toMatch(new RegExp(`^"reads";r=${left};t=\\d+$`));
    }
    const refused = await first("GET", "");
    expect(refused.status).toBe(429);
    expect(refused.body.error?.code).toBe("RATE_LIMITED");
    const [, seconds] = /^"reads";r=0;t=(\d+)$/.exec(refused.headers.get("ratelimit") ?? "") ?? [];
    expect(Number(refused.headers.get("retry-after"))).toBeGreaterThanOrEqual(Number(seconds));
    expect((await second("GET", "")).status).toBe(200);
    for (let count = 0; count < 3; count++) expect((await first("POST", "purchase", BYOK)).status).toBe(201);
    const refusedWrite = await first("POST", "purchase", BYOK);
    expect(refusedWrite.status).toBe(429);
    expect(refusedWrite.headers.get("ratelimit-policy")).toBe('"writes";q=3;w=60');
  });

  it("count wrong keys by the address that a trusted proxy names", async () => {
    const statusOf = async (address: string) =>
      (await berth.call("GET", "", undefined, { "X-API-Key": "wrong", "X-Forwarded-For": address })).status;
    expect([await statusOf("203.0.113.7"), await statusOf("203.0.113.7")]).toEqual([401, 401]);
    expect(await statusOf("203.0.113.7")).toBe(429);
    expect(await statusOf("203.0.113.8")).toBe(401);
  });

  it("count an IPv6 network as one address", () => {
    expect(addressGroup("2001:db8:1:2:aaaa::1")).toBe(addressGroup("2001:db8:1:2:bbbb::2"));
    expect(addressGroup("2001:db8:1:3::1")).not.toBe(addressGroup("2001:db8:1:2::1"));
    expect(addressGroup("::ffff:192.0.2.1")).toBe("192.0.2.1");
    expect(addressGroup(undefined)).toBe("unknown");
  });
});

it("a limit of 0 is none", async () => {
  const berth = await startTestBerth(24, {
    BERTH_ROLE: "api",
    BERTH_RATE_READS: "0",
    BERTH_RATE_WRITES: "0",
    BERTH_RATE_WRONG_KEYS: "0",
  });
  try {
    const wrong = Array.from({ length: 40 }, () =>
      berth.call("GET", "", undefined, { "X-API-Key": "wrong" }),
    );
    expect(new Set((await Promise.all(wrong)).map(({ status }) => status))).toEqual(new Set([401]));
    expect((await berth.call("GET", "")).headers.get("ratelimit")).toBeNull();
  } finally {
    await berth.close();
  }
});

describe("at most three live deployments", () => {
  let berth: TestBerth;
  beforeAll(async () => {
    berth = await startTestBerth(24, { BERTH_ROLE: "api", BERTH_MAX_LIVE_DEPLOYMENTS: "3" });
  });
  afterAll(() => berth.close());

  it("are bought by an account, also by calls at the same time; deleted ones don't count", async () => {
    const answers = await Promise.all(Array.from({ length: 10 }, () => berth.call("POST", "purchase", BYOK)));
    const bought = answers.filter(({ status }) => status === 201);
    expect(bought).toHaveLength(3);
    for (const { status, body } of answers.filter((answer) => answer.status !== 201)) {
      expect(status).toBe(409);
      expect(body.error?.code).toBe("LIMIT_REACHED");
    }
    const other = callWith(berth, await newKey(berth, { account: "other" }));
    expect((await other("POST", "purchase", BYOK)).status).toBe(201);
    await berth.installation.sql
      .updateTable("deployments")
      .set({ status: "deleted" })
      .where("id", "=", bought[0]?.body.data?.deploymentId ?? "")
      .execute();
    expect((await berth.call("POST", "purchase", BYOK)).status).toBe(201);
  });
});

it("more connections than allowed are closed, and the others are served", async () => {
  const berth = await startTestBerth(24, {
    BERTH_ROLE: "api",
    BERTH_MAX_CONNECTIONS: "5",
    BERTH_MAX_CONNECTIONS_PER_ADDRESS: "5",
  });
  const held: Socket[] = [];
  try {
    for (let count = 0; count < 5; count++) {
      const socket = await vi.waitUntil(() => openServed(berth.url), { timeout: 180_000 });
      if (socket) held.push(socket);
    }
    const beyond = await open(berth.url);
    expect(await text(beyond), "it is not answered").toBe("");
    for (const socket of held.splice(0)) socket.destroy();
    const status = () => fetch(`${berth.url}/healthz`).then((answer) => answer.status, String);
    await expect.poll(status).toBe(200);
  } finally {
    for (const socket of held) socket.destroy();
    await berth.close();
  }
});

async function open(url: string): Promise<Socket> {
  const socket = connect(Number(new URL(url).port), "127.0.0.1");
  socket.on("error", () => {});
  await new Promise<void>((resolve) => socket.once("connect", () => resolve()));
  return socket;
}

/** A connection that the server has taken: it has answered a call on it. Undefined if it was closed instead. */
async function openServed(url: string): Promise<Socket | undefined> {
  const socket = await open(url);
  socket.write("GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n");
  const [answer] = await Promise.race([once(socket, "data"), once(socket, "close")]).catch(() => []);
  return String(answer).startsWith("HTTP/1.1 200 ") ? socket : undefined;
}

/** All that comes on a connection until it is closed. */
async function text(socket: Socket): Promise<string> {
  let all = "";
  socket.setEncoding("utf8").on("data", (piece) => (all += piece));
  await new Promise<void>((resolve) => socket.once("close", () => resolve()));
  return all;
}

/** Sends one byte every half second until the server hangs up; how long that took, in time of this process's own. */
async function drip(url: string, start: string, byte: string): Promise<number> {
  const ownMs = ownTime();
  const socket = await open(url);
  socket.resume().write(start);
  const timer = setInterval(() => socket.write(byte), 500);
  await new Promise<void>((resolve) => socket.once("close", () => resolve()));
  clearInterval(timer);
  return ownMs();
}
