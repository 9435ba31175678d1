// A backup that work which has not ended would need is not removed, by nobody. On the records alone.
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { v7 as uuidv7 } from "uuid";
import { afterAll, beforeAll, expect, it } from "vitest";
import { DEFAULT_ACCOUNT_ID } from "../../../stacks/accounts/accounts.ts";
import { insertBackup, recordWritten } from "../../../stacks/backups/records.ts";
import { tidyBackups } from "../../../stacks/backups/retention.ts";
import { findDeployment } from "../../../stacks/deployments/deployments.ts";
import { beginAttempt, findOperation } from "../../../stacks/operations/operations.ts";
import { settleOperation } from "../../../stacks/worker/settle.ts";
import { startTestBerth, type TestBerth } from "../../support/berth.ts";
import { slotWithCallback } from "../../support/settled.ts";

let berth: TestBerth;
beforeAll(async () => {
  berth = await startTestBerth(56, { BERTH_ROLE: "api", BERTH_BACKUP_KEEP: "1" });
});
afterAll(() => berth.close());

it("what a queued or running restore of any deployment waits for stays, until that has ended", async () => {
  const of = await slotWithCallback(berth.installation.sql, null);
  const into = await slotWithCallback(berth.installation.sql, null);
  const [old, newer] = [await backup(of, "requested"), await backup(of, "requested")];
  const { body } = await berth.call("POST", `${into}/restore`, { backupId: old });
  await refused(of, old, `it is being restored into deployment ${into}`);
  await tidyBackups(berth.installation.sql, berth.installation.settings, of);
  expect(await kept(of), "beyond the one to be kept").toEqual([old, newer]);

  const { sql } = berth.installation;
  const attempt = await beginAttempt(sql, String(body.data?.operationId), "test");
  await refused(of, old, `it is being restored into deployment ${into}`);
  if (attempt) await settleOperation(sql, attempt.operation, { state: "succeeded", outputs: null });
  await tidyBackups(sql, berth.installation.settings, of);
  expect(await kept(of)).toEqual([newer]);
});

it("nor is its deployment deleted before, and of one that is being deleted nothing is restored", async () => {
  const { sql } = berth.installation;
  const of = await slotWithCallback(sql, null);
  const into = await slotWithCallback(sql, null);
  const backupId = await backup(of, "requested");
  const { body } = await berth.call("POST", `${into}/restore`, { backupId });
  const refusal = await berth.call("DELETE", of);
  expect([refusal.status, refusal.body.error?.code]).toEqual([409, "INVALID_STATE"]);
  expect(refusal.body.error?.message).toContain(`is being restored into deployment ${into}`);
  expect((await berth.call("GET", `${of}/status`)).body.data?.status).toBe("purchased");

  expect((await berth.call("DELETE", into)).status, "its own restore is no reason").toBe(202);
  const attempt = await beginAttempt(sql, String(body.data?.operationId), "test");
  if (attempt) await settleOperation(sql, attempt.operation, { state: "cancelled" });
  expect((await berth.call("DELETE", of)).status).toBe(202);
  const late = await berth.call("POST", `${await slotWithCallback(sql, null)}/restore`, { backupId });
  expect([late.status, late.body.error?.code]).toEqual([404, "NOT_FOUND"]);
});

it("what an upgrade that did not end well goes back to stays, until a way back has succeeded", async () => {
  const { sql, settings } = berth.installation;
  const id = await slotWithCallback(sql, null);
  const all: string[] = [];
  for (let count = 0; count < 4; count++) all.push(await backup(id, "upgrade"));
  const [oldest = "", , ...latest] = all;
  const unfinished = JSON.stringify({ to: null, backupId: oldest, operationId: uuidv7() });
  await sql.updateTable("deployments").set({ unfinished_upgrade: unfinished }).where("id", "=", id).execute();
  await refused(id, oldest, "an upgrade that did not end well goes back to it: redeploy");
  await tidyBackups(sql, settings, id);
  expect(await kept(id)).toEqual([oldest, ...latest]);

  await sql.updateTable("deployments").set({ unfinished_upgrade: null }).where("id", "=", id).execute();
  expect((await berth.call("DELETE", `${id}/backups/${oldest}`)).status).toBe(200);
  expect(await kept(id)).toEqual(latest);
});

it("what a restore or an upgrade has written before its change stays while that is carried out", async () => {
  const { sql } = berth.installation;
  const id = await slotWithCallback(sql, null);
  const { body } = await berth.call("POST", `${id}/restore`, { backupId: await backup(id, "requested") });
  const before = await sql
    .selectFrom("backups")
    .select("id")
    .where("operation_id", "=", String(body.data?.operationId))
    .executeTakeFirstOrThrow();
  await refused(id, before.id, "the restore that makes it has not ended");
  await recordWritten(sql, { id: String(body.data?.operationId) }, { size: 1, sha256: "" });
  await refused(id, before.id, "the restore that makes it has not ended");
  expect((await findOperation(sql, String(body.data?.operationId)))?.state).toBe("queued");
});

it("one that was made while the clock was ahead takes no place of those that come after it", async () => {
  const { sql, settings } = berth.installation;
  const id = await slotWithCallback(sql, null);
  const inForty = Date.now() + 40 * 24 * 3_600_000;
  const ahead = await backup(id, "requested", uuidv7({ msecs: inForty }));
  await sql
    .updateTable("backups")
    .set({ created_at: new Date(inForty) })
    .where("id", "=", ahead)
    .execute();
  const later = await backup(id, "requested");
  await tidyBackups(sql, settings, id);
  expect(await kept(id)).toEqual([later]);
});

async function refused(id: string, backupId: string, why: string): Promise<void> {
  const { status, body } = await berth.call("DELETE", `${id}/backups/${backupId}`);
  expect([status, body.error?.code]).toEqual([409, "INVALID_STATE"]);
  expect(body.error?.message).toBe(
    `The backup is needed: ${why}. Nothing was deleted; delete it after that.`,
  );
  expect((await berth.call("GET", `${id}/backups/${backupId}`)).status).toBe(200);
}

/** One that is ready, with a file, of an operation that has ended. */
async function backup(deploymentId: string, reason: "requested" | "upgrade", id = uuidv7()): Promise<string> {
  const { sql, settings } = berth.installation;
  const deployment = await findDeployment(sql, deploymentId);
  if (deployment?.account_id !== DEFAULT_ACCOUNT_ID) throw new Error("The deployment is not there.");
  const operation = { id: uuidv7() };
  await insertBackup(sql, settings, deployment, { id, reason, operation_id: operation.id });
  await recordWritten(sql, operation, { size: 1, sha256: "" });
  mkdirSync(join(berth.dataDir, "backups", deploymentId), { recursive: true });
  writeFileSync(file(deploymentId, id), "");
  return id;
}

/** Oldest first; each with its file, which no other has. */
async function kept(deploymentId: string): Promise<string[]> {
  const rows = await berth.installation.sql
    .selectFrom("backups")
    .select("id")
    .where("deployment_id", "=", deploymentId)
    .where("state", "=", "ready")
    .orderBy("id")
    .execute();
  return rows.map(({ id }) => id).filter((id) => existsSync(file(deploymentId, id)));
}

function file(deploymentId: string, backupId: string): string {
  return join(berth.dataDir, "backups", deploymentId, `${backupId}.age`);
}
