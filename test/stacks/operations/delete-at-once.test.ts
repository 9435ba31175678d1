// Deleting what never had a stack, and how many operations of an account may wait: on the records, without a queue.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { DEFAULT_ACCOUNT_ID, ensureAccount } from "../../../stacks/accounts/accounts.ts";
import type { Database, Sql } from "../../../stacks/database/database.ts";
import { createSlot, findDeployment } from "../../../stacks/deployments/deployments.ts";
import type { OperationKind, Status } from "../../../stacks/lifecycle.ts";
import { requestDelete, requestStop } from "../../../stacks/operations/accept.ts";
import { enqueue, type LifecycleContext } from "../../../stacks/operations/enqueue.ts";
import { assertMayQueue, MOST_LIVE } from "../../../stacks/operations/live-limit.ts";
import { beginAttempt, findOperation } from "../../../stacks/operations/operations.ts";
import { openEmptyDatabase } from "../../support/empty-database.ts";

const BY = { accountId: DEFAULT_ACCOUNT_ID, requestId: "request-1" };

let database: Database;
let sql: Sql;
let sent: string[];
let context: LifecycleContext;
let id: string;
beforeAll(async () => {
  database = await openEmptyDatabase();
  sql = database.sql;
});
afterAll(async () => {
  await database?.close();
});
beforeEach(async () => {
  await sql.deleteFrom("operations").execute();
  sent = [];
  const boss = {
    send: async (_queue: string, { operationId }: { operationId: string }) => sent.push(operationId),
  };
  context = { sql, boss } as unknown as LifecycleContext;
  ({ id } = await createSlot(sql, { accountId: DEFAULT_ACCOUNT_ID, apiMode: "byok", maxLive: 0 }));
  await set({ callback_url: "https://example.com/hook" });
});

describe("delete", () => {
  it("ends in the transaction where nothing was ever begun: no job, the callback, the record", async () => {
    await set({ address: 7, telegram_bot_token: Buffer.from("sealed") });
    const operation = await requestDelete(context, BY, id);
    expect(operation).toMatchObject({ kind: "delete", state: "succeeded", request_id: "request-1" });
    expect(operation.finished_at).toBeInstanceOf(Date);
    expect(sent).toEqual([]);
    const facts = { status: "deleted", operation_id: operation.id, address: null, telegram_bot_token: null };
    expect(await findDeployment(sql, id)).toMatchObject(facts);
    expect(await callbacks()).toEqual(["deleted"]);
  });

  it("of a paid slot cancels the preparation that waits, which is never begun then", async () => {
    const prepare = await queued("prepare", "purchased");
    expect(await requestDelete(context, BY, id)).toMatchObject({ state: "succeeded" });
    expect(await findOperation(sql, prepare)).toMatchObject({ state: "cancelled" });
    expect(await beginAttempt(sql, prepare, "here")).toBeUndefined();
    expect(sent).toEqual([prepare]);
  });

  it.each<[string, () => Promise<unknown>]>([
    ["a preparation has begun", async () => beginAttempt(sql, await queued("prepare", "purchased"), "here")],
    ["an activation waits", () => queued("activate", "deploying")],
    ["there is a stack", () => set({ stack_exists: true })],
  ])("is queued where %s", async (_what, make) => {
    await make();
    const operation = await requestDelete(context, BY, id);
    expect(operation).toMatchObject({ state: "queued" });
    expect(sent.at(-1)).toBe(operation.id);
    expect(await findDeployment(sql, id)).toMatchObject({ status: "deleting" });
    expect(await requestDelete(context, BY, id), "asked for again").toMatchObject({ id: operation.id });
  });
});

describe("live operations of an account", () => {
  it("are bounded; a delete is not refused, and another account is not meant", async () => {
    await queued("prepare", "purchased");
    await set({ stack_exists: true });
    const most = (accountId: string, count: number) =>
      sql.transaction().execute((trx) => assertMayQueue(trx, accountId, count));
    await most(DEFAULT_ACCOUNT_ID, 2);
    await expect(most(DEFAULT_ACCOUNT_ID, 1)).rejects.toMatchObject({
      code: "RATE_LIMITED",
      message: expect.stringMatching(
        /has 1 operations.*Nothing was changed; try again when one of them has ended/,
      ),
    });
    await most(await ensureAccount(sql, "another"), 1);
  });

  it("as many as there may be: a stop is refused and changes nothing, a delete is taken", async () => {
    await set({ status: "active", stack_exists: true });
    const rows = Array.from({ length: MOST_LIVE }, () => ({
      id: crypto.randomUUID(),
      deployment_id: id,
      kind: "patch" as const,
      state: "queued" as const,
    }));
    await sql.insertInto("operations").values(rows).execute();
    await expect(requestStop(context, BY, id)).rejects.toMatchObject({ code: "RATE_LIMITED", status: 429 });
    expect(await findDeployment(sql, id)).toMatchObject({ status: "active" });
    expect(await requestDelete(context, BY, id)).toMatchObject({ kind: "delete", state: "queued" });
  });
});

async function set(change: object): Promise<void> {
  await sql.updateTable("deployments").set(change).where("id", "=", id).execute();
}

async function queued(kind: OperationKind, status: Status): Promise<string> {
  await set({ status });
  const operation = await sql
    .transaction()
    .execute((trx) => enqueue(context, trx, { deploymentId: id, kind }));
  return operation.id;
}

async function callbacks(): Promise<string[]> {
  const rows = await sql.selectFrom("callbacks").select("body").where("deployment_id", "=", id).execute();
  return rows.map(({ body }) => /"status":"(\w+)"/.exec(body)?.[1] ?? body);
}
