// The program of a process in which something goes wrong that nobody catches: what, is its argument. Ends with 0 if
// it goes on after it has told of it.
import pg from "pg";
import { pino } from "pino";
import { handleUncaught } from "../../api/uncaught.ts";
import { startBrokenPostgres } from "./fake-postgres.ts";

const GOES_ON_AFTER_MS = 1_000;
const TOLD_WITHIN_MS = 120_000;

const write = (line: string) => {
  process.stdout.write(line);
  setTimeout(() => process.exit(0), GOES_ON_AFTER_MS);
};
handleUncaught(pino({}, { write }));
const broken = await startBrokenPostgres((socket) => socket.destroy());
const FAULTS: Readonly<Record<string, () => void>> = {
  "a refused connection": () =>
    void new pg.Pool({ connectionString: "postgres://x@127.0.0.1:1/x" }).connect(),
  "a query whose connection breaks": () =>
    void new pg.Pool({ connectionString: broken.url }).query("select 1"),
  "an idle client without a listener": () => void new pg.Client({ connectionString: broken.url }).connect(),
  "a rejection of ours": () => void Promise.reject(new Error("a fault of ours")),
  "an exception of ours": () => {
    throw new Error("a fault of ours");
  },
  "a rejection that is no error": () => void Promise.reject("a fault of ours"),
};

setTimeout(() => FAULTS[process.argv[2] ?? ""]?.(), 0);
setTimeout(() => process.exit(2), TOLD_WITHIN_MS);
