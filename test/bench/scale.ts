// Ten thousand deployments beside a hundred: real databases, real Berths, engines that answer and run nothing.
import pg from "pg";
import { startPostgres } from "../support/postgres.ts";
import { openMeter } from "./scale/cpu.ts";
import { openInstallation } from "./scale/installation.ts";
import {
  callRows,
  endingRows,
  headOf,
  idleMemoryRows,
  idleRows,
  memoryRow,
  type Row,
  type Sides,
  startRows,
  watcherRows,
} from "./scale/measure.ts";
import type { Table } from "./table.ts";

const FEW = 100;
const MANY = 10_000;

/** On PostgreSQL. */
export async function scale(): Promise<Table> {
  const postgres = await startPostgres();
  try {
    const urls = [await newDatabase(postgres.url, "few"), await newDatabase(postgres.url, "many")] as const;
    return await compare("PostgreSQL", (sides) => watcherRows(sides, urls), urls);
  } finally {
    await postgres.stop();
  }
}

/** On the embedded database, whose watchers work in the server alone. */
export function scaleEmbedded(): Promise<Table> {
  return compare("embedded PGlite", async () => []);
}

async function compare(
  name: string,
  watch: (sides: Sides) => Promise<Row[]>,
  urls: readonly [few?: string, many?: string] = [],
): Promise<Table> {
  const opened: { close(): Promise<void> }[] = [];
  const open = async (slice: number, count: number, url: string | undefined) => {
    const at = await openInstallation(slice, count, url);
    opened.push(at);
    const meter = await openMeter(() => at.server.pid, url);
    opened.push(meter);
    return { ...at, meter };
  };
  try {
    const sides = [await open(76, FEW, urls[0]), await open(77, MANY, urls[1])] as const;
    const rows: Row[] = [];
    // What a watcher begins here ends nowhere, so they come last.
    const all = [idleRows, idleMemoryRows, callRows, memoryRow("after these calls"), endingRows, startRows];
    for (const measure of [...all, watch])
      for (const row of await measure(sides)) {
        // It takes minutes: what is known by then is worth something if the rest fails.
        console.error(row.join(" | "));
        rows.push(row);
      }
    return [[name, ...headOf(FEW, MANY)], ...rows];
  } finally {
    for (const one of opened.reverse()) await one.close();
  }
}

async function newDatabase(url: string, name: string): Promise<string> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query(`create database ${name}`);
  await client.end();
  return url.replace(/[^/]+$/, name);
}
