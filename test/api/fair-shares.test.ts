// What costs much is shared and bounded by account, not by call or by key.
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import express, { type RequestHandler } from "express";
import { pino } from "pino";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { setCaller } from "../../api/middleware/caller.ts";
import { answerProblem } from "../../api/middleware/problem.ts";
import { limitCalls, openBudgets } from "../../api/middleware/rate-limits.ts";
import { Refusals } from "../../api/middleware/refusals.ts";
import { SharedReads } from "../../api/middleware/shared-reads.ts";
import { events } from "../../api/routes/events.ts";
import { type ReadStack, stack } from "../../api/routes/stack.ts";
import { DEFAULT_ACCOUNT_ID as ACCOUNT, ensureAccount } from "../../stacks/accounts/accounts.ts";
import type { Database } from "../../stacks/database/database.ts";
import { createSlot } from "../../stacks/deployments/deployments.ts";
import * as operationLog from "../../stacks/operations/operation-log.ts";
import { openEmptyDatabase } from "../support/empty-database.ts";
import { settle } from "../support/settled.ts";

vi.mock("../../stacks/operations/operation-log.ts", { spy: true });

let database: Database;
let other: string;
const servers: Server[] = [];
beforeAll(async () => {
  database = await openEmptyDatabase();
  other = await ensureAccount(database.sql, "other");
});
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});
afterAll(async () => {
  await database?.close();
});

/** Serves a call at `/:id`; the headers name who calls. @returns its address */
async function serve(...handlers: RequestHandler[]): Promise<string> {
  const caller: RequestHandler = ({ headers }, response, next) => {
    const [accountId = ACCOUNT, keyId = "key"] = String(headers["x-caller"] ?? ACCOUNT).split("/");
    setCaller(response, {
      accountId,
      keyId,
      scopes: ["read", "write"],
      endsAt: null,
      isOperator: true,
      requestId: "r",
    });
    next();
  };
  const app = express().all("/:id", caller, ...handlers);
  const server = createServer(app.use(answerProblem(pino({ level: "silent" }), new Refusals(30))));
  servers.push(server);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}

const as = (caller: string) => ({ headers: { "X-Caller": caller } });

async function slots(count: number, accountId = ACCOUNT): Promise<string[]> {
  const made = Array.from({ length: count }, () =>
    createSlot(database.sql, { accountId, apiMode: "byok", maxLive: 0 }),
  );
  const ids = (await Promise.all(made)).map(({ id }) => id);
  await database.sql.updateTable("deployments").set({ stack_exists: true }).where("id", "in", ids).execute();
  return ids;
}

describe("reads of a stack", () => {
  /** Reads that go on until they are let go. */
  async function reading() {
    const ends: (() => void)[] = [];
    const readStack = vi.fn(async (name: string) => {
      await new Promise<void>((resolve) => ends.push(resolve));
      return { name } as unknown as Awaited<ReturnType<ReadStack>>;
    });
    const url = await serve(stack({ sql: database.sql, readStack }));
    return { url, readStack, letGo: () => ends.splice(0).forEach((end) => void end()) };
  }

  it("of one deployment at the same time are one, also for those that have left", async () => {
    const { url, readStack, letGo } = await reading();
    const [id = ""] = await slots(1);
    const leaving = new AbortController();
    const left = fetch(url + id, { signal: leaving.signal }).catch(() => {});
    await vi.waitUntil(() => readStack.mock.calls.length === 1, { timeout: 180_000 });
    leaving.abort();
    await left;
    const get = vi.spyOn(SharedReads.prototype, "get");
    const calls = Array.from({ length: 30 }, () => fetch(url + id));
    await vi.waitUntil(() => get.mock.calls.length === 30, { timeout: 180_000 });
    get.mockRestore();
    letGo();
    expect(new Set((await Promise.all(calls)).map(({ status }) => status))).toEqual(new Set([200]));
    expect(readStack).toHaveBeenCalledTimes(1);
  });

  it("of an account are three at once, whatever its keys and whoever has left; another's go on", async () => {
    const { url, readStack, letGo } = await reading();
    const [one = "", two = "", three = "", four = ""] = await slots(4);
    const [theirs = ""] = await slots(1, other);
    const leaving = new AbortController();
    const running = [one, two, three].map((id, index) =>
      fetch(url + id, { ...as(`${ACCOUNT}/key${index}`), signal: leaving.signal }).catch(() => {}),
    );
    await vi.waitUntil(() => readStack.mock.calls.length === 3, { timeout: 180_000 });
    leaving.abort();
    await Promise.all(running);
    const refused = await fetch(url + four, as(`${ACCOUNT}/key9`));
    expect(refused.status).toBe(429);
    expect(refused.headers.get("retry-after")).toBe("60");
    const served = fetch(url + theirs, as(other));
    await vi.waitUntil(() => readStack.mock.calls.length === 4, { timeout: 180_000 });
    letGo();
    expect((await served).status).toBe(200);
    const again = fetch(url + four);
    await vi.waitUntil(() => readStack.mock.calls.length === 5, { timeout: 180_000 });
    letGo();
    expect((await again).status).toBe(200);
  });
});

describe("streams of events", () => {
  const streams = () =>
    serve(events({ sql: database.sql, keyLookup: { stillWorks: async () => true } as never }));

  async function running(): Promise<string> {
    const [id = ""] = await slots(1);
    await settle(database.sql, id, "activate");
    await database.sql
      .updateTable("operations")
      .set({ finished_at: null })
      .where("deployment_id", "=", id)
      .execute();
    return id;
  }

  it("are fifty at once for an account, whatever its keys; those of an operation share their polls", async () => {
    const url = await streams();
    const id = await running();
    const leaving = new AbortController();
    const { signal } = leaving;
    const open = await Promise.all(
      Array.from({ length: 50 }, (_, index) => fetch(url + id, { ...as(`${ACCOUNT}/${index}`), signal })),
    );
    expect(new Set(open.map(({ status }) => status))).toEqual(new Set([200]));
    expect((await fetch(url + id, as(`${ACCOUNT}/new`))).status).toBe(429);
    const readLog = vi.mocked(operationLog.readLog);
    readLog.mockClear();
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    expect(readLog.mock.calls.length).toBeGreaterThan(0);
    expect(readLog.mock.calls.length).toBeLessThan(10);
    leaving.abort();
    const status = async () => {
      const again = new AbortController();
      const answer = await fetch(url + id, { signal: again.signal });
      again.abort();
      return answer.status;
    };
    await expect.poll(status).toBe(200);
  });

  it("of HEAD have ended at once", async () => {
    const id = await running();
    const answer = await fetch((await streams()) + id, { method: "HEAD" });
    expect([answer.status, await answer.text()]).toEqual([200, ""]);
  });
});

it("a shared read that fails fails for all who share it, and is made again by the next", async () => {
  const reads = new SharedReads<string>();
  const failing = vi.fn(async () => Promise.reject(new Error("away")));
  const all = await Promise.allSettled([reads.get("a", failing), reads.get("a", failing)]);
  expect(all.map(({ status }) => status)).toEqual(["rejected", "rejected"]);
  expect(failing).toHaveBeenCalledTimes(1);
  expect(await reads.get("a", async () => "there")).toBe("there");
});

it("a result is kept for as long as it is said, from the beginning of its read", async () => {
  const reads = new SharedReads<number>(200);
  let count = 0;
  const read = async () => ++count;
  expect([await reads.get("a", read), await reads.get("a", read), await reads.get("b", read)]).toEqual([
    1, 1, 2,
  ]);
  await expect.poll(() => reads.get("a", read)).toBe(3);
});

describe("budgets of calls", () => {
  const rates = { reads: 3, writes: 2, accountReads: 5, accountWrites: 3, wrongKeys: 0 };
  const calls = () =>
    serve(
      limitCalls(openBudgets(rates, { kind: "pglite" } as Database)),
      (_, response) => void response.end(),
    );

  async function answered(url: string, method: string, caller: string): Promise<unknown[]> {
    const { status, headers } = await fetch(`${url}x`, { method, ...as(caller) });
    return [status, headers.get("ratelimit-policy")];
  }

  it.each([
    ["GET", "reads", 3, 5],
    ["POST", "writes", 2, 3],
  ])("of %s are each key's, and all keys' of an account together", async (method, name, ofKey, ofAccount) => {
    const url = await calls();
    const own = `"${name}";q=${ofKey};w=60`;
    for (let count = 0; count < ofKey; count++)
      expect(await answered(url, method, "a/1")).toEqual([200, own]);
    expect(await answered(url, method, "a/1")).toEqual([429, own]);
    for (let count = ofKey; count < ofAccount; count++)
      expect(await answered(url, method, "a/2")).toEqual([200, own]);
    const together = `"account-${name}";q=${ofAccount};w=60`;
    expect(await answered(url, method, "a/2")).toEqual([429, together]);
    expect(await answered(url, method, "a/3")).toEqual([429, together]);
    expect(await answered(url, method, "b/4")).toEqual([200, own]);
  });
});
