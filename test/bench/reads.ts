// How status is answered while the machine is busy with operations: 8 clients, each asking again as soon as answered.
import { execFile } from "node:child_process";
import { createRequire } from "node:module";
import { promisify } from "node:util";
import type { Result } from "autocannon";
import { API_KEY } from "../support/berth.ts";
import { Server } from "../support/faults/server.ts";
import { untilSettled } from "../support/faults/settled.ts";
import { accepted, slotFor } from "../support/faults/strike.ts";
import { type PostgresServer, startPostgres } from "../support/postgres.ts";
import { ms, type Table } from "./table.ts";

const CLIENTS = 8;
const SECONDS = 10;
const OPERATIONS = 4;

export async function reads(image: string): Promise<Table> {
  const postgres = await startPostgres();
  try {
    const rows = [await measure("PostgreSQL", image, postgres), await measure("embedded PGlite", image)];
    return [["status reads, one process", "operations meanwhile", "reads/s", "p50", "p99"], ...rows.flat()];
  } finally {
    await postgres.stop();
  }
}

async function measure(name: string, image: string, postgres?: PostgresServer): Promise<string[][]> {
  const settings = {
    BERTH_ASSISTANT_IMAGE: image,
    BERTH_CONCURRENCY: String(OPERATIONS),
    ...(postgres && { DATABASE_URL: postgres.url }),
  };
  const server = await Server.start(postgres ? 44 : 45, { settings });
  try {
    const ids: string[] = [];
    for (let n = 0; n < OPERATIONS; n++) ids.push(await slotFor(server, "stop"));
    const idle = await load(server, ids[0] ?? "");
    const meanwhile = new AbortController();
    const busy = ids.map((id) => operate(server, id, meanwhile.signal));
    const loaded = await load(server, ids[0] ?? "");
    meanwhile.abort();
    const done = (await Promise.all(busy)).reduce((sum, count) => sum + count, 0);
    return [
      [name, "none", ...numbers(idle)],
      [name, `${OPERATIONS} at once, ${done} in all`, ...numbers(loaded)],
    ];
  } finally {
    await server.close();
  }
}

/** Stops and redeploys until told to end; answers how often. */
async function operate(server: Server, id: string, over: AbortSignal): Promise<number> {
  let count = 0;
  for (; !over.aborted; count++) {
    await accepted(server, id, count % 2 === 0 ? "stop" : "redeploy");
    await untilSettled(server, id);
  }
  return count;
}

/** In a process of its own: the load must not wait for what it measures. */
export async function load(server: Server, id: string, key = API_KEY): Promise<Result> {
  const autocannon = createRequire(import.meta.url).resolve("autocannon/autocannon.js");
  const url = `${server.url}/api/v1/assistants/${id}/status`;
  const options = ["-j", "-c", String(CLIENTS), "-d", String(SECONDS), "-H", `X-API-Key=${key}`, url];
  const { stdout } = await promisify(execFile)(process.execPath, [autocannon, ...options]);
  const result = JSON.parse(stdout) as Result;
  if (result.non2xx > 0 || result.errors > 0)
    throw new Error(`${result.non2xx} reads were not answered by 200.`);
  return result;
}

export function numbers({ requests, latency }: Result): string[] {
  return [requests.average.toFixed(0), ms(latency.p50), ms(latency.p99)];
}
