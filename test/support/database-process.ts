// The program of a process that has every kind of connection to a database that Berth has, and nothing else. Reports over IPC.
import { pino } from "pino";
import { openDatabase } from "../../stacks/database/database.ts";
import { inOneProcess } from "../../stacks/watch/leader.ts";
import { startQueue } from "../../stacks/worker/queue.ts";

const log = pino({ level: "silent" });
const database = await openDatabase({ url: process.argv[2] ?? "" });
const boss = await startQueue(database, log);
await boss.work("operations", { localConcurrency: 2 }, async () => {});
inOneProcess(
  database,
  () => {
    process.send?.("watches");
    return async () => {};
  },
  log,
);
