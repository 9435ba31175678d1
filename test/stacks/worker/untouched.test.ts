// An operation that has touched nothing leaves its deployment as it was, and says the way on from data that is gone.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { v7 as uuidv7 } from "uuid";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { DEFAULT_ACCOUNT_ID } from "../../../stacks/accounts/accounts.ts";
import { DATA_GONE, ENGINE_UNAVAILABLE, STACK_LOCKED, WRONG_PASSPHRASE } from "../../../stacks/causes.ts";
import type { Database, Sql } from "../../../stacks/database/database.ts";
import { createSlot, getDeployment } from "../../../stacks/deployments/deployments.ts";
import type { OperationKind, Status } from "../../../stacks/lifecycle.ts";
import { beginAttempt, type Operation } from "../../../stacks/operations/operations.ts";
import type { StackSettings } from "../../../stacks/settings.ts";
import { asBefore } from "../../../stacks/worker/untouched.ts";
import { openEmptyDatabase } from "../../support/empty-database.ts";

const PLACE = { target: "docker", region: null };

let folder: string;
let database: Database;
let sql: Sql;
let id: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "berth-untouched-"));
  database = await openEmptyDatabase(folder);
  sql = database.sql;
});
afterAll(async () => {
  await database.close();
  await rm(folder, { recursive: true, force: true });
});
beforeEach(async () => {
  ({ id } = await createSlot(sql, { accountId: DEFAULT_ACCOUNT_ID, apiMode: "byok", maxLive: 0 }));
});

it.each<[OperationKind, Status, Status | undefined]>([
  ["activate", "purchased", "purchased"],
  ["stop", "active", "active"],
  ["redeploy", "stopped", "stopped"],
  ["redeploy", "suspended", undefined],
  ["delete", "suspended", "suspended"],
  ["stop", "failed", undefined],
  ["backup", "active", undefined],
])("a locked stack: %s leaves what was %s at %s", async (kind, before, back) => {
  const ended = await endOf(kind, before, STACK_LOCKED);
  expect(ended).toMatchObject({ state: "failed", cause: { code: STACK_LOCKED } });
  expect("back" in ended ? ended.back : undefined).toEqual(back && { status: back });
});

it.each<[OperationKind, Status, string]>([
  ["activate", "purchased", ENGINE_UNAVAILABLE],
  ["redeploy", "active", ENGINE_UNAVAILABLE],
  ["stop", "active", ENGINE_UNAVAILABLE],
  ["suspend", "active", ENGINE_UNAVAILABLE],
  ["patch", "active", ENGINE_UNAVAILABLE],
  ["delete", "stopped", ENGINE_UNAVAILABLE],
  ["stop", "active", WRONG_PASSPHRASE],
  ["redeploy", "active", "SECRET_UNREADABLE"],
])("%s leaves what was %s as it was, and says so: %s", async (kind, before, code) => {
  expect(await endOf(kind, before, code)).toMatchObject({
    cause: { message: `Nothing was touched: the deployment is ${before} as before. It was so.` },
    back: { status: before },
  });
});

it("what an earlier attempt may have touched has failed", async () => {
  const ended = await endOf("stop", "active", STACK_LOCKED, { attempt: 2 });
  expect(ended).not.toHaveProperty("back");
});

it("what was touched stays as it has ended", async () => {
  const outcome = { state: "failed", cause: { code: STACK_LOCKED, message: "" } } as const;
  expect(await asBefore(await contextOf("stop", "active"), outcome)).toBe(outcome);
});

it("data that is gone: a stopped assistant stays stopped, and one that was active has failed", async () => {
  expect(await endOf("redeploy", "stopped", DATA_GONE)).toMatchObject({ back: { status: "stopped" } });
  expect(await endOf("redeploy", "active", DATA_GONE)).not.toHaveProperty("back");
});

it("data that is gone: the newest backup that is ready is named, and the word to begin without", async () => {
  expect(await endOf("redeploy", "stopped", DATA_GONE)).toMatchObject({
    cause: { message: expect.stringMatching(/no backup of it.*"beginEmpty": true/s) },
  });
  const [older, newest, failed] = [uuidv7(), uuidv7(), uuidv7()];
  for (const backup of [older, newest, failed]) {
    const state = backup === failed ? "failed" : "ready";
    const record = { id: backup, deployment_id: id, account_id: DEFAULT_ACCOUNT_ID, image: "assistant:1" };
    await sql
      .insertInto("backups")
      .values({ ...record, state, reason: "requested", operation_id: uuidv7() })
      .execute();
  }
  expect(await endOf("redeploy", "stopped", DATA_GONE)).toMatchObject({
    cause: { message: expect.stringContaining(newest) },
  });
});

it("an operation knows whether data may have been written before it", async () => {
  expect(await hadData("prepare")).toBe(false);
  expect(await hadData("activate")).toBe(false);
  expect(await hadData("activate"), "of another activation that was refused").toBe(false);
  expect(await hadData("redeploy")).toBe(true);
  expect(await hadData("backup")).toBe(true);
});

it("so does the activation of a slot that a backup was restored into", async () => {
  await hadData("restore");
  expect(await hadData("activate")).toBe(true);
});

async function hadData(kind: OperationKind): Promise<boolean | undefined> {
  const operation = uuidv7();
  const record = { id: operation, deployment_id: id, kind, state: "queued" } as const;
  await sql.insertInto("operations").values(record).execute();
  return (await beginAttempt(sql, operation, "here"))?.hadData;
}

async function endOf(kind: OperationKind, before: Status, code: string, change: Partial<Operation> = {}) {
  const outcome = { state: "failed", isUntouched: true, cause: { code, message: "It was so." } } as const;
  return asBefore(await contextOf(kind, before, change), outcome);
}

async function contextOf(kind: OperationKind, before: Status, change: Partial<Operation> = {}) {
  const deployment = { ...(await getDeployment(sql, DEFAULT_ACCOUNT_ID, id)), status_before: before };
  const settings = { dataDir: folder, places: [PLACE] } as unknown as StackSettings;
  return { sql, settings, deployment, operation: { kind, attempt: 1, ...change } as Operation };
}
