// The program of a process that has every kind of connection to a database that Berth has, and nothing else. It answers each
// message once a query, the queue and its turn at watching have worked.
import { sql } from "kysely";
import { pino } from "pino";
import { openDatabase } from "../../stacks/database/database.ts";
import { inOneProcess } from "../../stacks/watch/leader.ts";
import { startQueue } from "../../stacks/worker/queue.ts";

const AGAIN_AFTER_MS = 200;

const log = pino({ level: "silent" });
const database = await openDatabase({ url: process.argv[2] ?? "" });
const boss = await startQueue(database, log);
await boss.work("operations", { localConcurrency: 2 }, async () => {});
inOneProcess(database, () => async () => {}, log);

process.on("message", () => void answer());
process.send?.("started");

async function answer(): Promise<void> {
  try {
    await sql`select 1`.execute(database.sql);
    await boss.findJobs("operations", { key: "none" });
    process.send?.("works");
  } catch {
    setTimeout(() => void answer(), AGAIN_AFTER_MS);
  }
}
