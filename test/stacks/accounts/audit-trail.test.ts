// The audit trail holds up nobody: it waits for a database that is away, within bounds, and says what it lost.
import { setTimeout as sleep } from "node:timers/promises";
import { pino } from "pino";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { AuditTrail } from "../../../stacks/accounts/audit-trail.ts";
import { type Database, openDatabase } from "../../../stacks/database/database.ts";
import { type PostgresServer, startPostgres } from "../../support/postgres.ts";

const CALL = {
  account_id: null,
  key_id: null,
  session_id: null,
  method: "GET",
  route: "/api/v1/assistants",
  deployment_id: null,
  status: 200,
  error_code: null,
  address: "127.0.0.1",
};

let postgres: PostgresServer;
let database: Database;
beforeAll(async () => {
  postgres = await startPostgres();
  database = await openDatabase({ url: postgres.url });
});
afterAll(async () => {
  await database?.close();
  await postgres?.stop();
});

it("writes what was added while the database was away, up to 10,000 rows, and counts the rest", async () => {
  const lines: Record<string, unknown>[] = [];
  const log = pino({}, { write: (line: string) => void lines.push(JSON.parse(line)) });
  const trail = new AuditTrail(database.sql, log);
  await postgres.end("SIGQUIT");
  for (let count = 0; count < 10_007; count++) trail.add({ ...CALL, request_id: `while-away-${count}` });
  await vi.waitUntil(() => lines.length > 0, { timeout: 180_000 });
  // It tries again meanwhile.
  await sleep(500);
  expect(lines.map(({ msg }) => msg)).toEqual(["audit rows can't be written; they wait"]);
  await postgres.start();
  await expect.poll(rowCount).toBe(10_000);
  await trail.close();
  expect(await rowCount()).toBe(10_000);
  expect(lines.filter(({ msg }) => msg === "audit rows were lost")).toMatchObject([{ count: 7 }]);
});

async function rowCount(): Promise<number> {
  const { count } = await database.sql
    .selectFrom("audit")
    .select(({ fn }) => fn.countAll<string>().as("count"))
    .executeTakeFirstOrThrow();
  return Number(count);
}
