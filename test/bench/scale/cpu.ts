// CPU that an installation has used, to the nanosecond: of its server's thread, and of its database's processes. On a machine
// that does other things beside, it says more than the clock.
import { readFileSync } from "node:fs";
import pg from "pg";

export interface CpuMeter {
  /** Milliseconds so far. */
  read(): Promise<number>;
  close(): Promise<void>;
}

/** @param databaseUrl of its PostgreSQL; the embedded database works in the server's thread */
export async function openMeter(pidOfServer: () => number, databaseUrl?: string): Promise<CpuMeter> {
  const client = databaseUrl === undefined ? undefined : new pg.Client({ connectionString: databaseUrl });
  await client?.connect();
  const backends = async () => {
    const query =
      "select pid from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()";
    return (await client?.query<{ pid: number }>(query))?.rows.map(({ pid }) => pid) ?? [];
  };
  return {
    async read() {
      const pids = [pidOfServer(), ...(await backends())];
      return pids.reduce((sum, pid) => sum + usedMs(pid), 0);
    },
    close: async () => client?.end(),
  };
}

/** Of one thread; a process that has ended counts for nothing. */
function usedMs(pid: number): number {
  try {
    return Number(readFileSync(`/proc/${pid}/schedstat`, "utf8").split(" ")[0]) / 1e6;
  } catch {
    return 0;
  }
}
