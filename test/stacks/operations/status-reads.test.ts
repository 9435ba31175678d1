import { afterAll, beforeAll, expect, it } from "vitest";
import { DEFAULT_ACCOUNT_ID } from "../../../stacks/accounts/accounts.ts";
import type { Database } from "../../../stacks/database/database.ts";
import { createSlot, move } from "../../../stacks/deployments/deployments.ts";
import { StatusReads } from "../../../stacks/operations/status-reads.ts";
import { openEmptyDatabase } from "../../support/empty-database.ts";
import { settle } from "../../support/settled.ts";

let database: Database;
let reads: StatusReads;
beforeAll(async () => {
  database = await openEmptyDatabase();
  reads = new StatusReads(database);
});
afterAll(async () => {
  await database?.close();
});

async function slot(): Promise<string> {
  const { id } = await createSlot(database.sql, {
    accountId: DEFAULT_ACCOUNT_ID,
    apiMode: "byok",
    maxLive: 0,
  });
  return id;
}

it("every change of a deployment and of its operation is seen at once, though reads are remembered", async () => {
  const id = await slot();
  const status = async () => {
    const found = await reads.find(DEFAULT_ACCOUNT_ID, id);
    return [found?.deployment.status, found?.operation?.state];
  };
  expect(await status()).toEqual(["pending_payment", undefined]);
  const change = { status: "purchased" } as const;
  await move(database.sql, { accountId: DEFAULT_ACCOUNT_ID, id, call: "pay", change });
  expect(await status()).toEqual(["purchased", undefined]);
  const operation = await settle(database.sql, id, "activate", {
    state: "failed",
    cause: { code: "NOT_READY", message: "x" },
  });
  expect(await status()).toEqual(["failed", "failed"]);
  await database.sql
    .updateTable("operations")
    .set({ state: "cancelled" })
    .where("id", "=", operation)
    .execute();
  expect(await status()).toEqual(["failed", "cancelled"]);
});

it("a change that is rolled back is never seen, one that commits while another reads is not missed", async () => {
  const id = await slot();
  for (let round = 0; round < 50; round++) {
    const name = `round ${round}`;
    const change = database.sql.transaction().execute(async (trx) => {
      await trx.updateTable("deployments").set({ name }).where("id", "=", id).execute();
      if (round % 2 === 1) throw new Error("rolled back");
    });
    const meanwhile = reads.find(DEFAULT_ACCOUNT_ID, id);
    await Promise.allSettled([change, meanwhile]);
    const found = await reads.find(DEFAULT_ACCOUNT_ID, id);
    expect(found?.deployment.name).toBe(`round ${round - (round % 2)}`);
  }
});

it("what is remembered is another account's as little as what is read", async () => {
  const id = await slot();
  expect(await reads.find(DEFAULT_ACCOUNT_ID, id)).toBeDefined();
  expect(await reads.find(crypto.randomUUID(), id)).toBeUndefined();
});
