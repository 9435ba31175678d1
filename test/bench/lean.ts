// What Berth itself takes while nothing is done: its server, and the child process that waits for an operation.
import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { Server } from "../support/faults/server.ts";
import { startPostgres } from "../support/postgres.ts";
import { childrenOf, memoryBytes } from "../support/resources.ts";
import { mib, type Table } from "./table.ts";

const IDLE_SECONDS = 30;

export async function lean(): Promise<Table> {
  const postgres = await startPostgres();
  try {
    return [
      [`idle for ${IDLE_SECONDS} s`, "server", "of that its own", "waiting child", "of that its own"],
      ["PostgreSQL", ...(await idle({ DATABASE_URL: postgres.url }))],
      ["embedded PGlite", ...(await idle({}))],
    ];
  } finally {
    await postgres.stop();
  }
}

async function idle(settings: Readonly<Record<string, string>>): Promise<string[]> {
  const server = await Server.start(72, { settings });
  try {
    await sleep(IDLE_SECONDS * 1000);
    const [child = 0] = childrenOf(server.pid);
    return [server.pid, child].flatMap((pid) => [mib(memoryBytes(pid)), mib(ownBytes(pid))]);
  } finally {
    await server.close();
  }
}

/** What would be free without it: pages that it shares with others, such as Node's own code, count by halves, thirds and so on. */
function ownBytes(pid: number): number {
  const pages = readFileSync(`/proc/${pid}/smaps_rollup`, "utf8");
  return Number(/^Pss:\s+(\d+) kB$/m.exec(pages)?.[1]) * 1024;
}
