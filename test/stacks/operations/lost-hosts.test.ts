// Which hosts may have left Pulumi's lock on a stack, by the records of its operations.
import { v7 as uuidv7 } from "uuid";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { Database } from "../../../stacks/database/database.ts";
import { beginAttempt } from "../../../stacks/operations/operations.ts";
import { openEmptyDatabase } from "../../support/empty-database.ts";
import { slotWithCallback } from "../../support/settled.ts";

let database: Database;
beforeAll(async () => {
  database = await openEmptyDatabase();
});
afterAll(() => database?.close());

it("are those of every attempt since the last operation that succeeded, not of the last one alone", async () => {
  const { sql } = database;
  const deployment_id = await slotWithCallback(sql, null);
  const operation = async () => {
    const id = uuidv7();
    await sql.insertInto("operations").values({ id, deployment_id, kind: "stop", state: "queued" }).execute();
    return id;
  };
  const ended = (id: string, state: "failed" | "succeeded") =>
    sql.updateTable("operations").set({ state, finished_at: new Date() }).where("id", "=", id).execute();
  const lost = async (id: string, host: string) => (await beginAttempt(sql, id, host))?.operation.lost_hosts;

  const first = await operation();
  expect(await lost(first, "one")).toEqual([]);
  expect(await lost(first, "two")).toEqual(["one"]);
  expect(await lost(first, "two")).toEqual(["one", "two"]);
  await ended(first, "failed");
  const second = await operation();
  expect(await lost(second, "three")).toEqual(["one", "two"]);
  expect(await lost(second, "four")).toEqual(["one", "two", "three"]);
  await ended(second, "succeeded");
  const third = await operation();
  expect(await lost(third, "five")).toEqual([]);
});
