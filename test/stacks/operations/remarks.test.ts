// What an operation remarks is a warning until a later redeploy, and is seen at least once.
import { afterAll, beforeAll, expect, it } from "vitest";
import { DEFAULT_ACCOUNT_ID } from "../../../stacks/accounts/accounts.ts";
import type { Database } from "../../../stacks/database/database.ts";
import { createSlot, getDeployment } from "../../../stacks/deployments/deployments.ts";
import type { OperationKind } from "../../../stacks/lifecycle.ts";
import { findOperation, type Operation } from "../../../stacks/operations/operations.ts";
import { recordRemark } from "../../../stacks/operations/remarks.ts";
import { settleOperation } from "../../../stacks/worker/settle.ts";
import { openEmptyDatabase } from "../../support/empty-database.ts";

const CAUSE = { code: "SETTINGS_SET_ASIDE", message: "It is kept." };
const FAILED = { state: "failed", cause: { code: "NOT_READY", message: "It is not." } } as const;
const SUCCEEDED = { state: "succeeded", outputs: null } as const;

let database: Database;
beforeAll(async () => {
  database = await openEmptyDatabase();
});
afterAll(async () => {
  await database.close();
});

it("it stands until another redeploy has succeeded", async () => {
  const id = await slot();
  const first = await begin(id, "activate");
  await recordRemark(database.sql, first, CAUSE);
  await settleOperation(database.sql, first, SUCCEEDED);
  expect(await remarkOf(id)).toMatchObject({ cause: CAUSE, operationId: first.id });
  await settleOperation(database.sql, await begin(id, "patch"), SUCCEEDED);
  await settleOperation(database.sql, await begin(id, "redeploy"), FAILED);
  expect(await remarkOf(id)).toMatchObject({ cause: CAUSE });
  await settleOperation(database.sql, await begin(id, "redeploy"), SUCCEEDED);
  expect(await remarkOf(id)).toBeNull();
});

it("that of a redeploy itself stands, and so does that of one that failed for one redeploy more", async () => {
  const id = await slot();
  const failing = await begin(id, "redeploy");
  await recordRemark(database.sql, failing, CAUSE);
  await settleOperation(database.sql, failing, FAILED);
  await settleOperation(database.sql, await begin(id, "redeploy"), SUCCEEDED);
  expect(await remarkOf(id)).toMatchObject({ cause: CAUSE });
  const own = await begin(id, "redeploy");
  await recordRemark(database.sql, own, { ...CAUSE, message: "Again." });
  await settleOperation(database.sql, own, SUCCEEDED);
  expect(await remarkOf(id)).toMatchObject({ cause: { message: "Again." } });
  await settleOperation(database.sql, await begin(id, "redeploy"), SUCCEEDED);
  expect(await remarkOf(id)).toBeNull();
});

async function slot(): Promise<string> {
  const wanted = { accountId: DEFAULT_ACCOUNT_ID, apiMode: "byok", maxLive: 0 } as const;
  return (await createSlot(database.sql, wanted)).id;
}

let counted = 0;

async function begin(deploymentId: string, kind: OperationKind): Promise<Operation> {
  counted += 1;
  const id = `01900000-0000-7000-8000-${String(counted).padStart(12, "0")}`;
  await database.sql
    .insertInto("operations")
    .values({ id, deployment_id: deploymentId, kind, state: "running" })
    .execute();
  const change = { status: "deploying", operation_id: id } as const;
  await database.sql.updateTable("deployments").set(change).where("id", "=", deploymentId).execute();
  const operation = await findOperation(database.sql, id);
  if (!operation) throw new Error("It is not there.");
  return operation;
}

async function remarkOf(id: string) {
  return (await getDeployment(database.sql, DEFAULT_ACCOUNT_ID, id)).remark;
}
