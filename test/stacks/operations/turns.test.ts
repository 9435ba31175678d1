// One account's many operations are carried out in turns with those of the others, on the real queue.
import { pino } from "pino";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { ensureAccount } from "../../../stacks/accounts/accounts.ts";
import type { Database } from "../../../stacks/database/database.ts";
import { createSlot } from "../../../stacks/deployments/deployments.ts";
import type { OperationKind } from "../../../stacks/lifecycle.ts";
import { enqueue, type LifecycleContext } from "../../../stacks/operations/enqueue.ts";
import { beginAttempt, QUEUE } from "../../../stacks/operations/operations.ts";
import { startQueue } from "../../../stacks/worker/queue.ts";
import { settleOperation } from "../../../stacks/worker/settle.ts";
import { startWorker, type WorkerParts } from "../../../stacks/worker/worker.ts";
import { openEmptyDatabase } from "../../support/empty-database.ts";

let database: Database;
let context: LifecycleContext;
beforeAll(async () => {
  database = await openEmptyDatabase();
});
beforeEach(async () => {
  const boss = await startQueue(database, pino({ level: "silent" }));
  context = { sql: database.sql, boss } as LifecycleContext;
});
afterEach(async () => {
  await context.boss.deleteAllJobs(QUEUE);
  await context.boss.stop({ graceful: false });
  await database.sql.deleteFrom("operations").execute();
});
afterAll(async () => {
  await database?.close();
});

/** Queues so many operations of an account, each of a deployment of its own; their names by id, in the order of `queued`. */
async function queue(
  account: string,
  count: number,
  queued: Map<string, string>,
  kind: OperationKind = "stop",
): Promise<void> {
  const { sql } = database;
  const accountId = await ensureAccount(sql, account);
  for (let index = 1; index <= count; index++) {
    const { id } = await createSlot(sql, { accountId, apiMode: "byok", maxLive: 0 });
    const operation = await sql
      .transaction()
      .execute((trx) => enqueue(context, trx, { deploymentId: id, kind }));
    queued.set(operation.id, `${account}${index}`);
  }
}

async function begin(queued: Map<string, string>) {
  const [job] = await context.boss.fetch<{ operationId: string }>(QUEUE);
  const record = job && (await beginAttempt(database.sql, job.data.operationId, "test"));
  return { name: queued.get(record?.operation.id ?? ""), job, operation: record?.operation };
}

/** Carries out the next one, in the records alone. */
async function carryOutNext(queued: Map<string, string>): Promise<string | undefined> {
  const { name, job, operation } = await begin(queued);
  if (!job || !operation) return undefined;
  await settleOperation(database.sql, operation, { state: "cancelled" });
  await context.boss.complete(QUEUE, job.id);
  return name;
}

async function carryOut(count: number, queued: Map<string, string>): Promise<(string | undefined)[]> {
  const names = [];
  for (let index = 0; index < count; index++) names.push(await carryOutNext(queued));
  return names;
}

describe("the next operation", () => {
  it("is another account's, though one has queued many before", async () => {
    const queued = new Map<string, string>();
    await queue("a", 6, queued);
    await queue("b", 2, queued);
    expect(await carryOut(9, queued)).toEqual(["a1", "b1", "a2", "b2", "a3", "a4", "a5", "a6", undefined]);
  });

  it("of an account that comes later is not far ahead of those that wait already, nor behind them all", async () => {
    const queued = new Map<string, string>();
    await queue("a", 6, queued);
    expect(await carryOut(3, queued)).toEqual(["a1", "a2", "a3"]);
    await queue("b", 1, queued);
    expect(await carryOut(1, queued)).toEqual(["a4"]);
    await queue("c", 2, queued);
    expect(await carryOut(5, queued)).toEqual(["b1", "c1", "a5", "c2", "a6"]);
  });

  it("is not for ever that of accounts that have one at a time", async () => {
    const queued = new Map<string, string>();
    await queue("a", 3, queued);
    const names = [];
    for (let round = 0; round < 6; round++) {
      await queue("b", 1, queued);
      await queue("c", 1, queued);
      names.push(...(await carryOut(2, queued)));
    }
    expect(names).toEqual(expect.arrayContaining(["a1", "a2", "a3"]));
  });

  it("counts from what is being carried out, when that goes on for long", async () => {
    const queued = new Map<string, string>();
    await queue("a", 4, queued);
    expect((await begin(queued)).name).toBe("a1");
    expect((await begin(queued)).name).toBe("a2");
    await queue("b", 1, queued);
    expect(await carryOut(3, queued)).toEqual(["a3", "b1", "a4"]);
  });
});

describe("a worker", () => {
  it("carries out as many of an account as it is set to, and one of another besides", async () => {
    const queued = new Map<string, string>();
    await queue("a", 5, queued);
    const { running, end } = await working(queued);
    await vi.waitUntil(() => running.size === 2, { timeout: 180_000 });
    await new Promise((resolve) => setTimeout(resolve, 2_000));
    expect([...running].toSorted()).toEqual(["a1", "a2"]);
    await queue("b", 1, queued);
    await vi.waitUntil(() => running.has("b1"), { timeout: 180_000 });
    expect(running.size).toBe(3);
    await end();
  });

  it("copies data on lanes of their own: starts and stops do not wait for the copies of however many accounts", async () => {
    const queued = new Map<string, string>();
    for (const account of ["c", "d", "e", "f"]) await queue(account, 1, queued, "backup");
    const { running, end } = await working(queued);
    await vi.waitUntil(() => running.size === 1, { timeout: 180_000 });
    await queue("a", 3, queued);
    await queue("b", 1, queued);
    await vi.waitUntil(() => running.size === 4, { timeout: 180_000 });
    await new Promise((resolve) => setTimeout(resolve, 2_000));
    expect([...running].toSorted()).toEqual(["a1", "a2", "b1", "c1"]);
    await end();
  });
});

/** Works on the queue as a worker for two operations does, but what it carries out goes on until the end. */
async function working(queued: Map<string, string>) {
  const work = vi.spyOn(context.boss, "work");
  const settings = { concurrency: 2, target: "docker" };
  const parts = { ...context, settings, keptPlugins: [], environment: {} };
  const stop = await startWorker(parts as unknown as WorkerParts);
  await stop();
  const running = new Set<string>();
  const ended = Promise.withResolvers<void>();
  for (const [, options] of [...work.mock.calls])
    await context.boss.work<{ operationId: string }>(QUEUE, options as unknown as object, async ([job]) => {
      running.add(queued.get(job?.data.operationId ?? "") ?? "");
      await ended.promise;
    });
  return {
    running,
    async end() {
      ended.resolve();
      await context.boss.offWork(QUEUE, { wait: true });
    },
  };
}
