// What was seen is written once, by whoever sees it first, and never over what has changed meanwhile.
import { afterAll, beforeAll, expect, it } from "vitest";
import { DEFAULT_ACCOUNT_ID } from "../../../stacks/accounts/accounts.ts";
import type { Database, Sql } from "../../../stacks/database/database.ts";
import { createSlot, type Deployment, getDeployment } from "../../../stacks/deployments/deployments.ts";
import type { Status } from "../../../stacks/lifecycle.ts";
import { recordCrash } from "../../../stacks/operations/crash.ts";
import { listOperations } from "../../../stacks/operations/operations.ts";
import { recordSeen, recordUnknown } from "../../../stacks/watch/observations.ts";
import { settleOperation } from "../../../stacks/worker/settle.ts";
import { openEmptyDatabase } from "../../support/empty-database.ts";

const PAUSED = { state: "paused", detail: "Its container is paused." } as const;
const MISSING = { state: "missing", detail: "The engine does not have its container any more." } as const;
const CAUSE = { code: "CRASHED", message: "It crashed." };

let database: Database;
let sql: Sql;
beforeAll(async () => {
  database = await openEmptyDatabase();
  sql = database.sql;
});
afterAll(async () => {
  await database.close();
});

it("the time of a difference is that at which it was first seen", async () => {
  const { id } = await deploymentIn("active");
  expect(await recordSeen(sql, await read(id), PAUSED)).toBe(true);
  const first = (await read(id)).seen;
  expect(first).toEqual({ ...PAUSED, since: expect.any(String) });
  expect(await recordSeen(sql, await read(id), PAUSED)).toBe(false);
  expect(await recordSeen(sql, await read(id), { ...PAUSED, detail: "Still paused." })).toBe(true);
  expect((await read(id)).seen).toEqual({ ...PAUSED, detail: "Still paused.", since: first?.since });
  expect(await recordSeen(sql, await read(id), undefined)).toBe(true);
  expect((await read(id)).seen).toBeNull();
});

it("of two that have read the same, the second writes nothing", async () => {
  const before = await deploymentIn("active");
  expect(await recordSeen(sql, before, PAUSED)).toBe(true);
  const { seen } = await read(before.id);
  expect(await recordSeen(sql, before, MISSING)).toBe(false);
  expect((await read(before.id)).seen).toEqual(seen);
});

it.each([
  ["an operation has begun", { status: "deploying", operation_id: crypto.randomUUID() }],
  ["an operation has begun and ended", { status: "active", operation_id: crypto.randomUUID() }],
] as const)("nothing is written when %s meanwhile", async (_name, change) => {
  const before = await deploymentIn("active");
  await sql.updateTable("deployments").set(change).where("id", "=", before.id).execute();
  expect(await recordSeen(sql, before, MISSING)).toBe(false);
  expect(await recordCrash(sql, before, MISSING, CAUSE)).toBe(false);
  expect(await read(before.id)).toMatchObject({ ...change, seen: null });
  expect(await listOperations(sql, before.id)).toHaveLength(1);
});

it("a crash is recorded once, as an operation that has failed", async () => {
  const before = await deploymentIn("active");
  const recorded = await Promise.all([
    recordCrash(sql, before, PAUSED, CAUSE),
    recordCrash(sql, before, PAUSED, CAUSE),
  ]);
  expect(recorded.toSorted()).toEqual([false, true]);
  const [crash, ...others] = await listOperations(sql, before.id);
  expect(crash).toMatchObject({ kind: "crash", state: "failed", error: CAUSE, started_at: null });
  expect(others).toHaveLength(1);
  expect(await read(before.id)).toMatchObject({ status: "failed", operation_id: crash?.id, seen: PAUSED });
});

it("an engine that is away makes active deployments unknown, and no others", async () => {
  const active = await deploymentIn("active");
  const stopped = await deploymentIn("stopped");
  const deploying = await deploymentIn("deploying");
  await recordUnknown(sql);
  const { seen } = await read(active.id);
  expect(seen?.state).toBe("unknown");
  await recordUnknown(sql);
  expect((await read(active.id)).seen).toEqual(seen);
  expect((await read(stopped.id)).seen).toBeNull();
  expect((await read(deploying.id)).seen).toBeNull();
});

it("an operation that ends forgets what was seen before it", async () => {
  const { id } = await deploymentIn("active");
  await recordSeen(sql, await read(id), MISSING);
  const [operation] = await listOperations(sql, id);
  if (!operation) throw new Error("No operation.");
  expect(await settleOperation(sql, operation, { state: "succeeded", outputs: null })).toBe(true);
  expect((await read(id)).seen).toBeNull();
});

async function deploymentIn(status: Status): Promise<Deployment> {
  const { id } = await createSlot(sql, { accountId: DEFAULT_ACCOUNT_ID, apiMode: "byok", maxLive: 0 });
  // As of an earlier moment: the next one has a greater id.
  const operation_id = "01900000-0000-7000-8000-".concat(id.slice(-12));
  await sql
    .insertInto("operations")
    .values({ id: operation_id, deployment_id: id, kind: "redeploy", state: "running" })
    .execute();
  await sql.updateTable("deployments").set({ status, operation_id }).where("id", "=", id).execute();
  return read(id);
}

function read(id: string): Promise<Deployment> {
  return getDeployment(sql, DEFAULT_ACCOUNT_ID, id);
}
