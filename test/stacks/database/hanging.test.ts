// A real PostgreSQL that hangs: each of its processes is halted, so that connections stay and nothing is answered, as from a
// host whose packets are swallowed.
import { sql as raw } from "kysely";
import { afterAll, beforeAll, expect, it } from "vitest";
import { isConnectionLost } from "../../../stacks/database/connections.ts";
import { type Database, openDatabase } from "../../../stacks/database/database.ts";
import { ownTime } from "../../support/own-time.ts";
import { type PostgresServer, startPostgres } from "../../support/postgres.ts";

const LONGEST_MS = 45_000;

let server: PostgresServer;
let database: Database;
beforeAll(async () => {
  server = await startPostgres();
  database = await openDatabase({ url: server.url });
});
afterAll(async () => {
  server?.thaw();
  await database?.close();
  await server?.stop();
});

it("what waits for it ends as lost, and finds it as soon as it answers", { timeout: 120_000 }, async () => {
  const { sql } = database;
  const ask = (at: Sql) => raw`select pg_backend_pid() as pid, pg_sleep(0.1)`.execute(at);
  const sessions = async () => (await Promise.all(Array.from({ length: 10 }, () => ask(sql)))).map(pidOf);
  const before = await sessions();
  expect(new Set(before).size).toBe(10);
  server.freeze();
  const ownMs = ownTime();
  const within = () => sql.transaction().execute(ask);
  const tried = await Promise.allSettled([ask(sql), within(), ...Array.from({ length: 8 }, () => ask(sql))]);
  // All ten sessions hang, so this one is new.
  const next = await ask(sql).catch((error: unknown) => error);
  expect(ownMs()).toBeLessThan(LONGEST_MS);
  const errors = [...tried.map((one) => (one.status === "rejected" ? one.reason : "answered")), next];
  expect(errors.map(isConnectionLost)).toEqual(errors.map(() => true));
  server.thaw();
  const after = await sessions();
  expect(after.filter((pid) => before.includes(pid))).toEqual([]);
});

type Sql = Database["sql"];

function pidOf({ rows }: { readonly rows: readonly unknown[] }): unknown {
  return (rows[0] as { readonly pid?: unknown }).pid;
}
