// When backups are made unasked. On the records alone: no worker carries them out.
import { sql as raw } from "kysely";
import { afterAll, afterEach, beforeAll, expect, it } from "vitest";
import { ensureAccount } from "../../../stacks/accounts/accounts.ts";
import { recordWritten } from "../../../stacks/backups/records.ts";
import { beginDue } from "../../../stacks/backups/schedule.ts";
import type { OperationKind, Status } from "../../../stacks/lifecycle.ts";
import { beginAttempt, findOperation } from "../../../stacks/operations/operations.ts";
import type { StackSettings } from "../../../stacks/settings.ts";
import { settleOperation } from "../../../stacks/worker/settle.ts";
import { startTestBerth, type TestBerth } from "../../support/berth.ts";
import { settle, slotWithCallback } from "../../support/settled.ts";

/** So long that no deployment's moment in it comes by itself while a test runs. */
const PERIOD_HOURS = 6_000;
const PERIOD = PERIOD_HOURS * 60;
/** As many as there is room for. */
const SPREAD = 10;

let berth: TestBerth;
beforeAll(async () => {
  const settings = { BERTH_BACKUP_EVERY: String(PERIOD_HOURS), BERTH_CONCURRENCY: String(2 * SPREAD) };
  berth = await startTestBerth(9, { BERTH_ROLE: "api", ...settings });
});
afterEach(async () => {
  await berth.installation.sql.deleteFrom("backups").execute();
  await berth.installation.sql.updateTable("deployments").set({ status: "deleted" }).execute();
});
afterAll(() => berth.close());

it("an active one is backed up once in every period, and not before it is a period old", async () => {
  const id = await deploymentIn("active", "activate");
  expect(await begun()).toEqual([]);
  await letPass(PERIOD);
  expect(await begun()).toEqual([id]);
  await carryOut(id);
  expect(await begun()).toEqual([]);
  await letPass(5 * PERIOD);
  expect(await begun(), "once, however many periods were missed").toEqual([id]);
  await carryOut(id);
  expect(await begun()).toEqual([]);
});

it("a backup that a wrong clock has dated in the future counts as none", async () => {
  const id = await deploymentIn("active", "activate");
  await letPass(PERIOD);
  expect(await begun()).toEqual([id]);
  await carryOut(id);
  const created_at = raw<Date>`now() + interval '40 days'`;
  await berth.installation.sql.updateTable("backups").set({ created_at }).execute();
  expect(await begun()).toEqual([id]);
});

it("while an operation is live, or in another state, none is", async () => {
  const id = await deploymentIn("active", "activate");
  await deploymentIn("failed", "activate");
  await letPass(PERIOD);
  expect(await begun()).toEqual([id]);
  await letPass(5 * PERIOD);
  expect(await begun(), "its backup is waiting").toEqual([]);
});

it("a stopped one is backed up once, until something is done with its data again", async () => {
  const id = await deploymentIn("stopped", "stop");
  await letPass(PERIOD);
  expect(await begun()).toEqual([id]);
  await carryOut(id);
  await letPass(5 * PERIOD);
  expect(await begun()).toEqual([]);
  await settle(berth.installation.sql, id, "restore");
  expect(await begun()).toEqual([id]);
});

it("one that failed is tried in the next period, one that was overtaken in this one", async () => {
  const id = await deploymentIn("active", "activate");
  await letPass(PERIOD);
  await begun();
  await carryOut(id, { state: "failed", cause: { code: "DISK_FULL", message: "" } });
  expect(await begun()).toEqual([]);
  await letPass(PERIOD);
  expect(await begun()).toEqual([id]);
  await carryOut(id, { state: "cancelled" });
  expect(await begun()).toEqual([id]);
});

it("two workers that look at once make one, and room is left for calls", async () => {
  for (let count = 0; count < 12; count++) await deploymentIn("active", "activate");
  await letPass(PERIOD);
  const { installation } = berth;
  await Promise.all([beginDue(installation, new Date()), beginDue(installation, new Date())]);
  const rows = await installation.sql.selectFrom("backups").select(["deployment_id", "reason"]).execute();
  expect(rows).toHaveLength(10);
  expect(new Set(rows.map((row) => row.deployment_id)).size).toBe(10);
  expect(new Set(rows.map((row) => row.reason))).toEqual(new Set(["scheduled"]));
  expect(await beginDue(installation, new Date())).toEqual({ begun: 0, isFull: true });
});

it("their moments are spread over the period", async () => {
  for (let count = 0; count < SPREAD; count++) await deploymentIn("active", "activate");
  const counts: number[] = [];
  for (let twelfth = 0; twelfth <= 12; twelfth++) {
    counts.push((await begun()).length);
    await letPass(PERIOD / 12);
  }
  expect(counts.reduce((sum, count) => sum + count)).toBe(SPREAD);
  expect(counts.filter((count) => count > 0).length).toBeGreaterThan(2);
});

/** Everything that was done was done so many minutes earlier. */
it("accounts take turns, however many of one's are due", async () => {
  const { sql } = berth.installation;
  const first = await deploymentIn("active", "activate");
  const second = await deploymentIn("active", "activate");
  const theirs = await deploymentIn("active", "activate");
  const account_id = await ensureAccount(sql, "other");
  await sql.updateTable("deployments").set({ account_id }).where("id", "=", theirs).execute();
  await letPass(PERIOD);
  const order: string[] = [];
  for (let count = 0; count < 3; count++) {
    const [id = ""] = await begun({ concurrency: 2 });
    order.push(id);
    await carryOut(id);
  }
  expect(order).toEqual([first, theirs, second]);
});

async function letPass(minutes: number): Promise<void> {
  const { sql } = berth.installation;
  const earlier = (column: string) => raw<Date>`${raw.ref(column)} - make_interval(mins => ${minutes})`;
  await sql
    .updateTable("operations")
    .set({ finished_at: earlier("finished_at") })
    .execute();
  await sql
    .updateTable("backups")
    .set({ created_at: earlier("created_at") })
    .execute();
}

async function deploymentIn(status: Status, kind: OperationKind): Promise<string> {
  const { sql } = berth.installation;
  const id = await slotWithCallback(sql, null);
  await settle(sql, id, kind);
  await sql.updateTable("deployments").set({ status }).where("id", "=", id).execute();
  return id;
}

/** Ids of the deployments of which a backup was begun. */
async function begun(instead: Partial<StackSettings> = {}): Promise<string[]> {
  const { sql, settings } = berth.installation;
  const known = sql.selectFrom("backups").select("id");
  const before = (await known.execute()).map(({ id }) => id);
  await beginDue({ ...berth.installation, settings: { ...settings, ...instead } }, new Date());
  const all = await sql.selectFrom("backups").select(["id", "deployment_id"]).execute();
  return all.filter(({ id }) => !before.includes(id)).map((row) => row.deployment_id);
}

/** Ends the backup that a deployment waits for. */
async function carryOut(
  deploymentId: string,
  ending: Parameters<typeof settleOperation>[2] = { state: "succeeded", outputs: null },
): Promise<void> {
  const { sql } = berth.installation;
  const { operation_id } = await sql
    .selectFrom("deployments")
    .select("operation_id")
    .where("id", "=", deploymentId)
    .executeTakeFirstOrThrow();
  const id = operation_id ?? "";
  const attempt = await beginAttempt(sql, id, "test");
  if (!attempt) throw new Error(`Not begun: ${JSON.stringify(await findOperation(sql, id))}`);
  if (ending.state === "succeeded") await recordWritten(sql, { id }, { size: 1, sha256: "" });
  await settleOperation(sql, attempt.operation, ending);
}
