// Work that one process at a time does, on a real PostgreSQL. Two databases in this process stand for two processes; real
// ones, and their being killed, are in test/faults/several-workers.test.ts.
import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import { pino } from "pino";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { type Database, openDatabase } from "../../../stacks/database/database.ts";
import { inOneProcess } from "../../../stacks/watch/leader.ts";
import { ownTime } from "../../support/own-time.ts";
import { type PostgresServer, startPostgres } from "../../support/postgres.ts";

const TURN = { timeout: 180_000, interval: 20 };
const log = pino({ level: "silent" });

let postgres: PostgresServer;
let databases: Database[];
/** Who works now, and whether two ever did. */
const working = new Set<string>();
let wereTwo = false;
let begun = 0;
const stops = new Map<string, () => Promise<void>>();
beforeAll(async () => {
  postgres = await startPostgres();
  databases = [await openDatabase({ url: postgres.url }), await openDatabase({ url: postgres.url })];
});
afterAll(async () => {
  for (const stop of stops.values()) await stop();
  for (const database of databases) await database.close();
  await postgres?.stop();
});

function join(name: string, database: Database | undefined, endsWithinMs = 0): void {
  if (!database) throw new Error("There is no such database.");
  const work = () => {
    begun++;
    working.add(name);
    wereTwo ||= working.size > 1;
    return async () => {
      await sleep(endsWithinMs);
      working.delete(name);
    };
  };
  stops.set(name, inOneProcess(database, work, log));
}

it("is done by one, and by another one when that has ended what it was at", async () => {
  join("first", databases[0], 1_000);
  await vi.waitUntil(() => working.has("first"), TURN);
  join("second", databases[1]);
  await sleep(3_000);
  expect([...working], "the second asks again and again").toEqual(["first"]);
  await stops.get("first")?.();
  stops.delete("first");
  await vi.waitUntil(() => working.has("second"), TURN);
  expect(wereTwo).toBe(false);
});

it("is done by one again when PostgreSQL has been away", async () => {
  join("third", databases[0]);
  const before = begun;
  await postgres.end("SIGKILL");
  await sleep(500);
  await postgres.start();
  await vi.waitUntil(() => begun > before && working.size === 1, TURN);
  expect(await lockHolders()).toBe(1);
  expect(wereTwo).toBe(false);
});

it("stops waiting at once", async () => {
  join("fourth", databases[0]);
  const ownMs = ownTime();
  await stops.get("fourth")?.();
  stops.delete("fourth");
  // It would look again after two seconds only.
  expect(ownMs()).toBeLessThan(1_500);
  expect(working).not.toContain("fourth");
});

/** Sessions that hold a lock of two keys, the first of which is Berth's. */
async function lockHolders(): Promise<number> {
  const client = new pg.Client({ connectionString: postgres.url });
  await client.connect();
  const { rows } = await client.query(
    "select from pg_locks where locktype = 'advisory' and granted and objsubid = 2 and classid = hashtext('berth')::oid",
  );
  await client.end();
  return rows.length;
}
