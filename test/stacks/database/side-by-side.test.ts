// Transactions of several processes that meet on the same rows, on a real PostgreSQL: the embedded database has one at a time.
// Each case has somebody hold the row for which both have to wait, in a known order, and let go of it.
import { setTimeout as sleep } from "node:timers/promises";
import { sql as raw } from "kysely";
import { v7 as uuidv7 } from "uuid";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { DEFAULT_ACCOUNT_ID } from "../../../stacks/accounts/accounts.ts";
import { type Database, openDatabase, type Sql } from "../../../stacks/database/database.ts";
import { handOutNeeded, takeFreePlace } from "../../../stacks/deployments/addresses.ts";
import {
  createSlot,
  type DeploymentChange,
  findDeployment,
  move,
} from "../../../stacks/deployments/deployments.ts";
import { requestDelete } from "../../../stacks/operations/accept.ts";
import { requestCancel } from "../../../stacks/operations/cancel.ts";
import { enqueue, type LifecycleContext } from "../../../stacks/operations/enqueue.ts";
import { beginAttempt, findOperation } from "../../../stacks/operations/operations.ts";
import { pay } from "../../../stacks/operations/pay.ts";
import type { StackSettings } from "../../../stacks/settings.ts";
import { book } from "../../../stacks/usage/booking.ts";
import { insertRequests } from "../../../stacks/usage/request-rows.ts";
import { settleOperation } from "../../../stacks/worker/settle.ts";
import { type PostgresServer, startPostgres } from "../../support/postgres.ts";

const BY = { accountId: DEFAULT_ACCOUNT_ID, requestId: null };
const settings = {
  places: [{ target: "docker", region: null }],
  portRange: { first: 20_000, last: 20_099 },
  subnetPool: "10.213.0.0/16",
} as unknown as StackSettings;

let postgres: PostgresServer;
let database: Database;
let sql: Sql;
let context: LifecycleContext;
let id: string;
beforeAll(async () => {
  postgres = await startPostgres();
  database = await openDatabase({ url: postgres.url });
  sql = database.sql;
  context = { sql, boss: { send: async () => null }, settings } as unknown as LifecycleContext;
});
afterAll(async () => {
  await database?.close();
  await postgres?.stop();
});
beforeEach(async () => {
  ({ id } = await createSlot(sql, { accountId: DEFAULT_ACCOUNT_ID, apiMode: "managed", maxLive: 0 }));
});

it.each(["a delete", "a cancel"])(
  "%s beside the end of the operation that it cancels: neither fails",
  async (which) => {
    const operation = await running();
    const cancel = () =>
      which === "a delete" ? requestDelete(context, BY, id) : requestCancel(context, BY, id, operation.id);
    await oneAfterTheOther("deployments", [
      cancel,
      () => settleOperation(sql, operation, { state: "succeeded", outputs: null }),
    ]);
    const { status } = (await findDeployment(sql, id)) ?? {};
    expect(status).toBe(which === "a delete" ? "deleting" : "stopping");
    expect(await findOperation(sql, operation.id)).toMatchObject({ state: "succeeded" });
  },
);

it("a delete beside a cancel: neither fails", async () => {
  const operation = await running();
  await oneAfterTheOther("deployments", [
    () => requestDelete(context, BY, id),
    () => requestCancel(context, BY, id, operation.id).catch(refusedByState),
  ]);
  expect(await findDeployment(sql, id)).toMatchObject({ status: "deleting" });
  expect(await findOperation(sql, operation.id)).toMatchObject({ cancel_requested: true });
});

it("who pays twice at the same time has paid once, and is refused neither time", async () => {
  const { checkout_id = "" } = (await findDeployment(sql, id)) ?? {};
  const paid = await oneAfterTheOther("deployments", [
    () => pay(context, checkout_id),
    () => pay(context, checkout_id),
  ]);
  expect(paid).toMatchObject([{ status: "purchased" }, { status: "purchased" }]);
  const operations = sql.selectFrom("operations").select("kind").where("deployment_id", "=", id);
  expect(await operations.execute()).toEqual([{ kind: "prepare" }]);
});

it("an activation beside the worker that moves its slot off a taken place: neither fails", async () => {
  await set({ status: "purchased" });
  await oneAfterTheOther("deployments", [
    () =>
      sql.transaction().execute(async (trx) => {
        const change = { status: "deploying" } as const;
        const moved = await move(trx, { accountId: DEFAULT_ACCOUNT_ID, id, call: "activate", change });
        await handOutNeeded(trx, settings, moved);
      }),
    () => takeFreePlace(sql, settings, id, new Set([0, 1, 2])),
  ]);
  expect((await findDeployment(sql, id))?.address).toBeGreaterThan(2);
});

it("two gateways that find the same limit reached at the same time send one callback", async () => {
  await set({ status: "active", model_provider: "anthropic", callback_url: "https://a.example/" });
  await sql.insertInto("model_spend").values({ deployment_id: id }).execute();
  const sent = [uuidv7(), uuidv7()];
  await insertRequests(
    sql,
    sent.map((request) => sentRequest(request)),
  );
  const judging = {
    gatewayId: uuidv7(),
    limits: { byok: {}, unlimited: {}, managed: { month: { tokens: 10 } } },
    hasKey: () => true,
  };
  const usage = { input: 10, cachedInput: 0, cacheWrites: 0, output: 10 };
  const outcome = { status: 200, usage, microdollars: 1, durationMs: 1 };
  const settled = (request: string) => () =>
    book(sql, { asks: [], settlements: [{ id: request, outcome }] }, judging);
  await oneAfterTheOther("model_spend", sent.map(settled));
  const callbacks = await sql
    .selectFrom("callbacks")
    .select("type")
    .where("deployment_id", "=", id)
    .execute();
  expect(callbacks).toEqual([{ type: "assistant.limit_reached" }]);
});

/** An activation that a worker carries out. */
async function running() {
  await set({ status: "deploying", stack_exists: true });
  const { id: operationId } = await sql
    .transaction()
    .execute((trx) => enqueue(context, trx, { deploymentId: id, kind: "activate" }));
  const attempt = await beginAttempt(sql, operationId, "here");
  if (!attempt) throw new Error("It was not begun.");
  return attempt.operation;
}

/** Both wait for the deployment's row of that table, the first one first. @returns what they return */
async function oneAfterTheOther(
  table: "deployments" | "model_spend",
  acts: readonly (() => Promise<unknown>)[],
): Promise<unknown[]> {
  const held = Promise.withResolvers<void>();
  const key = table === "deployments" ? raw`id` : raw`deployment_id`;
  const locked = Promise.withResolvers<void>();
  const holder = sql.transaction().execute(async (trx) => {
    await raw`select from ${raw.table(table)} where ${key} = ${id} for update`.execute(trx);
    locked.resolve();
    await held.promise;
  });
  await locked.promise;
  const begun: Promise<unknown>[] = [];
  for (const act of acts) {
    begun.push(act());
    while ((await waiting()) < begun.length) await sleep(10);
  }
  held.resolve();
  await holder;
  const ended = await Promise.allSettled(begun);
  return ended.map((one) => {
    if (one.status === "rejected") throw one.reason;
    return one.value;
  });
}

async function waiting(): Promise<number> {
  const { rows } = await raw`select from pg_stat_activity where wait_event_type = 'Lock'`.execute(sql);
  return rows.length;
}

function set(change: DeploymentChange) {
  return sql.updateTable("deployments").set(change).where("id", "=", id).execute();
}

function sentRequest(request: string) {
  return {
    id: request,
    deployment_id: id,
    gateway_id: uuidv7(),
    at: new Date(),
    provider: "anthropic" as const,
    model: "claude-sonnet-4-5",
    worst_tokens: 100,
    worst_microdollars: 1,
  };
}

function refusedByState(error: { readonly code?: unknown }): void {
  if (error.code !== "INVALID_STATE") throw error;
}
