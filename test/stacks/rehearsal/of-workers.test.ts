// A process that only sells knows of rehearsals what the workers have written down.
import { sql as raw } from "kysely";
import { pino } from "pino";
import { afterAll, afterEach, beforeAll, expect, it } from "vitest";
import type { Database } from "../../../stacks/database/database.ts";
import { watchRehearsals } from "../../../stacks/rehearsal/of-workers.ts";
import { readRehearsals, recordRehearsal } from "../../../stacks/rehearsal/record.ts";
import type { Rehearsal } from "../../../stacks/rehearsal/rehearsal.ts";
import { openEmptyDatabase } from "../../support/empty-database.ts";

const log = pino({ level: "silent" });

let database: Database;
let rehearsal: Rehearsal | undefined;
beforeAll(async () => {
  database = await openEmptyDatabase();
});
afterEach(async () => {
  await rehearsal?.stop();
  rehearsal = undefined;
  await database.sql.deleteFrom("rehearsals").execute();
});
afterAll(async () => {
  await database?.close();
});

const watched = (waitMs: number) => {
  rehearsal = watchRehearsals(database.sql, log, waitMs);
  return rehearsal;
};
const longAgo = (worker: string) => at(worker, "-2 hours");
const at = (worker: string, distance: string) =>
  database.sql
    .updateTable("rehearsals")
    .set({ at: raw<Date>`now() + ${distance}::interval` })
    .where("worker", "=", worker)
    .execute();

it("nothing is sold while no worker has rehearsed, and at once when one has passed", async () => {
  const seen = watched(0);
  await expect(seen.assertPassed()).rejects.toMatchObject({
    code: "UNAVAILABLE",
    message: expect.stringMatching(/^Nothing was bought\. No worker has rehearsed/),
  });
  await recordRehearsal(database.sql, "one", null);
  await seen.assertPassed();
  expect(seen.problem).toBeUndefined();
});

it("a purchase waits for the first result", async () => {
  const seen = watched(30_000);
  const refused = expect(seen.assertPassed()).rejects.toThrow("Nothing was bought. There is no engine.");
  await recordRehearsal(database.sql, "one", "There is no engine.");
  await refused;
});

it("what fails later is noticed without a purchase", async () => {
  await recordRehearsal(database.sql, "one", null);
  const seen = watched(0);
  await expect.poll(() => seen.problem).toBeUndefined();
  await recordRehearsal(database.sql, "one", "The disk is full.");
  await expect.poll(() => seen.problem).toBe("The disk is full.");
  await recordRehearsal(database.sql, "one", null);
  expect(await seen.again()).toBeUndefined();
});

it("one of several workers is enough; one that was not seen for an hour counts only while no other is", async () => {
  const { sql } = database;
  await recordRehearsal(sql, "gone", null);
  await recordRehearsal(sql, "broken", "It can't.");
  expect(await readRehearsals(sql)).toEqual({ state: "passed" });
  await longAgo("gone");
  expect(await readRehearsals(sql)).toEqual({ state: "failed", problem: "It can't." });
  await sql.deleteFrom("rehearsals").where("worker", "=", "broken").execute();
  expect(await readRehearsals(sql)).toEqual({ state: "passed" });
});

it("one of the future, written while the clock was wrong, counts only while there is no other", async () => {
  const { sql } = database;
  await recordRehearsal(sql, "gone", null);
  await at("gone", "40 days");
  expect(await readRehearsals(sql)).toEqual({ state: "passed" });
  await recordRehearsal(sql, "broken", "It can't.");
  expect(await readRehearsals(sql)).toEqual({ state: "failed", problem: "It can't." });
});
