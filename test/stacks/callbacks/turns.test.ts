// Receivers of one account that hang, or have much to get, don't hold up those of another.
import { randomBytes } from "node:crypto";
import { pino } from "pino";
import { afterAll, afterEach, beforeAll, expect, it, vi } from "vitest";
import { ensureAccount } from "../../../stacks/accounts/accounts.ts";
import { recordCallback } from "../../../stacks/callbacks/events.ts";
import { postCallback } from "../../../stacks/callbacks/post.ts";
import { startSender } from "../../../stacks/callbacks/sender.ts";
import type { Database } from "../../../stacks/database/database.ts";
import { createSlot } from "../../../stacks/deployments/deployments.ts";
import { SecretBox } from "../../../stacks/secret.ts";
import { openEmptyDatabase } from "../../support/empty-database.ts";

vi.mock("../../../stacks/callbacks/post.ts");

const post = vi.mocked(postCallback);
const DELIVERED = { statusCode: 204, retryAfter: undefined };

let database: Database;
beforeAll(async () => {
  database = await openEmptyDatabase();
});
afterEach(async () => {
  await database.sql.deleteFrom("callbacks").execute();
  post.mockReset();
});
afterAll(async () => {
  await database?.close();
});

/** Records an event each of so many deployments of an account, whose receiver is named like it. */
async function record(account: string, count: number): Promise<void> {
  const { sql } = database;
  const accountId = await ensureAccount(sql, account);
  for (let index = 0; index < count; index++) {
    const { id } = await createSlot(sql, { accountId, apiMode: "byok", maxLive: 0 });
    const callback_url = `https://${account}.example/`;
    await sql.updateTable("deployments").set({ callback_url }).where("id", "=", id).execute();
    const event = { deploymentId: id, status: "active", operationId: null } as const;
    await sql.transaction().execute((trx) => recordCallback(trx, event));
  }
}

const start = () =>
  startSender({
    sql: database.sql,
    box: new SecretBox(randomBytes(32)),
    network: { resolve: async () => [], pinned: [] },
    delaysMs: [0],
    log: pino({ level: "silent" }),
  });

const sentTo = (account: string) => post.mock.calls.filter(([, url]) => url.includes(`//${account}.`)).length;

it("with forty that hang another's is sent, and so are as many at once as an account may have", async () => {
  let end = () => {};
  const hanging = new Promise<typeof DELIVERED>((resolve) => {
    end = () => resolve(DELIVERED);
  });
  post.mockImplementation(async (_, url) => (url.includes("hangs") ? hanging : DELIVERED));
  await record("hangs", 40);
  const stop = start();
  try {
    await vi.waitUntil(() => sentTo("hangs") === 16, { timeout: 180_000 });
    await record("other", 3);
    await vi.waitUntil(() => sentTo("other") === 3, { timeout: 180_000 });
    expect(sentTo("hangs")).toBe(16);
    end();
    await vi.waitUntil(() => sentTo("hangs") === 40, { timeout: 180_000 });
  } finally {
    end();
    await stop();
  }
});

it("of an account to which none is being sent comes first, however many wait before it", async () => {
  let running = 0;
  let most = 0;
  post.mockImplementation(async (_, url) => {
    if (url.includes("many")) most = Math.max(most, ++running);
    await new Promise((resolve) => setTimeout(resolve, 100));
    if (url.includes("many")) running--;
    return DELIVERED;
  });
  await record("many", 30);
  await record("few", 1);
  const stop = start();
  await vi.waitUntil(() => sentTo("many") === 30, { timeout: 180_000 }).finally(stop);
  expect(post.mock.calls.findIndex(([, url]) => url.includes("few"))).toBeLessThan(5);
  expect(most).toBeGreaterThan(1);
});
