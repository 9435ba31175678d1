// What is measured of both installations, as rows of the table.
import { setTimeout as sleep } from "node:timers/promises";
import { cpuSeconds, memoryBytes } from "../../support/resources.ts";
import { median, mib, percentile, ratio, seconds } from "../table.ts";
import { type Both, byTurns, type Pair, type Times } from "./by-turns.ts";
import { CALLS } from "./calls.ts";
import { collectGarbage } from "./collect.ts";
import type { CpuMeter } from "./cpu.ts";
import { endSome } from "./endings.ts";
import type { Installation } from "./installation.ts";
import { openWatched, openWatchers } from "./watchers.ts";

const IDLE_SECONDS = 40;
const STARTS = 3;
/** What the start has to do is over by then. */
const STARTED_WITHIN_MS = 20_000;

type Side = Installation & { readonly meter: CpuMeter };
export type Sides = Both<Side>;
export type Row = readonly string[];

export function headOf(few: number, many: number): string[] {
  return [`CPU of ${few}`, `of ${many}`, "ratio", `time of ${few}`, `of ${many}`, "ratio", "what grows"];
}

export async function callRows(sides: Sides): Promise<Row[]> {
  const rows: Row[] = [];
  const meters = [sides[0].meter, sides[1].meter] as const;
  for (const { name, growth, make } of CALLS) {
    const times = await byTurns([() => make(sides[0]), () => make(sides[1])], meters);
    rows.push(timesRow(name, times, growth));
  }
  return rows;
}

/** Their own work is done in this process, so its CPU counts, too. */
export async function watcherRows(sides: Sides, urls: Both<string>): Promise<Row[]> {
  const databases = [await openWatched(urls[0]), await openWatched(urls[1])] as const;
  try {
    const [ofFew, ofMany] = [openWatchers(sides[0], databases[0]), openWatchers(sides[1], databases[1])];
    const meters = [withOwn(sides[0].meter), withOwn(sides[1].meter)] as const;
    const rows: Row[] = [];
    for (const [n, { name, growth, make }] of ofFew.entries()) {
      const onMany = ofMany[n]?.make ?? make;
      rows.push(timesRow(name, await byTurns([make, onMany], meters), growth));
    }
    return rows;
  } finally {
    for (const database of databases) await database.close();
  }
}

function withOwn(meter: CpuMeter): CpuMeter {
  const own = () => {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1000;
  };
  return { ...meter, read: async () => (await meter.read()) + own() };
}

/** What the server and its children use while nobody calls, and what they ask meanwhile. */
export async function idleRows(sides: Sides): Promise<Row[]> {
  await sleep(STARTED_WITHIN_MS);
  const read = async (at: Side) => {
    const [counts, meteredMs] = await Promise.all([at.counts(), at.meter.read()]);
    return { cpu: at.cpu(), metered: meteredMs / 1000, ...counts };
  };
  const before = [await read(sides[0]), await read(sides[1])] as const;
  await sleep(IDLE_SECONDS * 1000);
  const after = [await read(sides[0]), await read(sides[1])] as const;
  const each = (name: "cpu" | "metered" | "requests" | "bytes" | "assistants"): Pair => [
    (after[0][name] - before[0][name]) / IDLE_SECONDS,
    (after[1][name] - before[1][name]) / IDLE_SECONDS,
  ];
  const digit = (value: number) => value.toFixed(1);
  const percent = (value: number) => `${(value * 100).toFixed(1)} %`;
  return [
    row("idle: of a core", each("cpu"), percent),
    row("idle: of a core, the server's thread and its database", each("metered"), percent),
    row("idle: requests to the engine a second", each("requests"), digit),
    row("idle: KiB of its answers a second", each("bytes"), (value) => (value / 1024).toFixed(0)),
    row("idle: requests to assistants a second", each("assistants"), digit, "25 a second at most"),
  ];
}

/** As it is, and what it needs of that. */
export async function idleMemoryRows(sides: Sides): Promise<Row[]> {
  const rows = await memoryRow("idle")(sides);
  for (const { server } of sides) await collectGarbage(server.pid);
  return [...rows, ...(await memoryRow("its garbage collected")(sides))];
}

export function memoryRow(when: string): (sides: Sides) => Promise<Row[]> {
  return async (sides) => {
    const bytes: Pair = [memoryBytes(sides[0].server.pid), memoryBytes(sides[1].server.pid)];
    return [row(`memory of the server, ${when}`, bytes, mib)];
  };
}

export async function endingRows([few, many]: Sides): Promise<Row[]> {
  const [ofFew, ofMany] = [await endSome(few, 1), await endSome(many, 1)];
  const running = many.members.filter(({ containerId }) => containerId !== null).length - 1;
  const all = await endSome(many, running);
  const spread = [50, 99].map((percent) => seconds(percentile(all.times, percent))).join(", ");
  return [
    row("a container that ends is reported after", [ofFew.times[0] ?? 0, ofMany.times[0] ?? 0], ms),
    onlyMany(`${running} that end at once are reported after, p50 and p99`, spread),
    onlyMany("of them reported more than once", String(all.repeated)),
  ];
}

export async function startRows(sides: Sides): Promise<Row[]> {
  return [
    await startRow("start until `/healthz`, after a stop", sides, ({ server }) => server.stop()),
    await startRow("start until `/healthz`, after SIGKILL", sides, ({ server }) => server.kill()),
  ];
}

async function startRow(name: string, sides: Sides, end: (side: Side) => Promise<void>): Promise<Row> {
  const [took, used]: [number[], number[]][] = [
    [[], []],
    [[], []],
  ];
  for (let round = 0; round < STARTS; round++)
    for (const [at, side] of sides.entries()) {
      await end(side);
      const begun = performance.now();
      await side.server.start();
      took?.[at]?.push(performance.now() - begun);
      used?.[at]?.push(cpuSeconds(side.server.pid) * 1000);
    }
  const medians = (of: number[][] = []): Pair => [median(of[0] ?? []), median(of[1] ?? [])];
  return timesRow(name, { took: medians(took), used: medians(used) });
}

function timesRow(name: string, { took, used }: Times, growth = ""): Row {
  return [name, ...pair(used, ms), ...pair(took, ms), growth];
}

function row(name: string, values: Pair, unit: (value: number) => string, growth = ""): Row {
  return [name, "", "", "", ...pair(values, unit), growth];
}

function onlyMany(name: string, value: string): Row {
  return [name, "", "", "", "", value, "", ""];
}

function pair([few, many]: Pair, unit: (value: number) => string): string[] {
  return [unit(few), unit(many), ratio(many, few)];
}

function ms(value: number): string {
  return `${value.toFixed(1)} ms`;
}
