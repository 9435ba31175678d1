// Which model gateways live, by when they were last seen.
import { sql as raw } from "kysely";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { Database } from "../../../stacks/database/database.ts";
import { isAnyAlive, listLiving, noteAlive } from "../../../stacks/usage/alive.ts";
import { openEmptyDatabase } from "../../support/empty-database.ts";

const [OWN, OTHER] = ["0d4f3c8a-0000-4000-8000-000000000001", "0d4f3c8a-0000-4000-8000-000000000002"];

let database: Database;
beforeAll(async () => {
  database = await openEmptyDatabase();
});
afterAll(async () => {
  await database?.close();
});

it.each([
  ["now", "0 s", true],
  ["two hours ago", "-2 hours", false],
  ["in forty days, by a clock that was wrong", "40 days", false],
])("one that was last seen %s", async (_, distance, lives) => {
  const { sql } = database;
  await noteAlive(sql, OTHER);
  await sql
    .updateTable("model_gateways")
    .set({ seen_at: raw<Date>`now() + ${distance}::interval` })
    .execute();
  expect(await isAnyAlive(sql)).toBe(lives);
  expect(await listLiving(sql, OWN, false)).toEqual(lives ? [OWN, OTHER] : [OWN]);
});
