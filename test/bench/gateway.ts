// The model gateway between one client and one fake provider, against the same client straight to it, by turns: once with
// who may ask in memory, once with its books in PostgreSQL. All are processes of their own.
import { setTimeout as sleep } from "node:timers/promises";
import { type Program, start, stream, type Way, way } from "./gateway/programs.ts";
import { median, mib, percentile, ratio, type Table } from "./table.ts";

const ROUNDS = 5;
const AT_ONCE = 100;
/** CPU is dearer while others use it: more rounds, of which the median counts. */
const CPU_ROUNDS = 15;
const CROWD = 500;
/** Streams side by side in the measurement of throughput. */
const SIDE_BY_SIDE = 20;
const CHUNKS = 2_000;
const REPEATED = 8;
/** After which all of them have begun. */
const CROWD_FLOWS_MS = 8_000;

export async function gateway(): Promise<Table> {
  const provider = await start("provider.ts");
  const between = await start("under-test.ts", provider.url);
  const withBooks = await start("under-test.ts", provider.url, "books");
  const passing = await start("bare.ts", provider.url);
  const [straight, through] = [way(provider), way(between, "/anthropic")];
  const booked = way(withBooks, "/anthropic");
  try {
    const atFirst = (await between.ask()).rss;
    const first = await firstBytes(straight, through);
    const rates = await throughput([straight, through, way(passing)]);
    const [ofBare, ofGateway] = await cpuOfStreams([passing, way(passing)], [between, through]);
    const ofBooks = await firstBytes(through, booked);
    const memory = (await crowd(between, through)) - atFirst;
    const { counted } = await between.ask();
    return [
      ["the model gateway", "straight", "through it", "difference", "goal"],
      row(`first byte, ${AT_ONCE} streams at once, p50`, first, 50, "≤ 3 ms"),
      row(`first byte, ${AT_ONCE} streams at once, p99`, first, 99, "≤ 10 ms"),
      row("the same with its books in PostgreSQL, against without them, p50", ofBooks, 50, ""),
      row("the same with its books in PostgreSQL, against without them, p99", ofBooks, 99, ""),
      rateRow(`chunks/s, ${SIDE_BY_SIDE} streams of ${CHUNKS}, p50 of ${ROUNDS}`, rates, 1, "≥ × 0.9"),
      rateRow("the same through a proxy that looks at nothing", rates, 2, ""),
      [
        `CPU of the proxy for a stream of ${CHUNKS}, that one and the gateway`,
        ...[ofBare, ofGateway, ofGateway - ofBare].map((ms) => `${ms.toFixed(2)} ms`),
        "",
      ],
      [`memory of ${CROWD} streams at once`, "", mib(memory), "", "≤ 200 MiB"],
      ["streams whose tokens it has counted", "", `${counted}`, "", ""],
    ];
  } finally {
    for (const { process } of [provider, between, withBooks, passing]) process.disconnect();
  }
}

function row(what: string, [straight, through]: Pair, percent: number, goal: string): string[] {
  const [without, within] = [percentile(straight, percent), percentile(through, percent)];
  return [what, ...[without, within, within - without].map((ms) => `${ms.toFixed(1)} ms`), goal];
}

function rateRow(what: string, rates: readonly number[][], at: number, goal: string): string[] {
  const [straight, through] = [median(rates[0] ?? []), median(rates[at] ?? [])];
  return [what, straight.toFixed(0), through.toFixed(0), `× ${ratio(through, straight)}`, goal];
}

type Pair = readonly [number[], number[]];
type Measured = readonly [Program, Way];

/** Milliseconds until the first byte, while so many streams flow all the time. */
async function firstBytes(straight: Way, through: Way): Promise<Pair> {
  const times: Pair = [[], []];
  // The first round has the programs compiled.
  for (let round = -1; round < ROUNDS; round++)
    for (const [at, one] of [straight, through].entries()) {
      const streams = Array.from({ length: AT_ONCE }, async (_, n) => {
        // They come one after the other, and each lasts for about two seconds.
        await sleep(n * 20);
        for (let count = 0; count < 3; count++) {
          const time = await stream(one, 40, 50);
          if (round >= 0) times[at === 0 ? 0 : 1].push(time);
        }
      });
      await Promise.all(streams);
    }
  return times;
}

/** Chunks in a second of each way, by turns, of streams that come as fast as they can. */
async function throughput(ways: readonly Way[]): Promise<number[][]> {
  const rates: number[][] = ways.map(() => []);
  for (let round = -1; round < ROUNDS; round++)
    for (const [at, one] of ways.entries()) {
      const startedAt = performance.now();
      for (let times = 0; times < REPEATED; times++)
        await Promise.all(Array.from({ length: SIDE_BY_SIDE }, () => stream(one, CHUNKS, 0)));
      const seconds = (performance.now() - startedAt) / 1_000;
      if (round >= 0) rates[at]?.push((REPEATED * SIDE_BY_SIDE * CHUNKS) / seconds);
    }
  return rates;
}

/** Milliseconds of CPU that each of both programs takes for a stream, by turns. */
async function cpuOfStreams(...both: readonly [Measured, Measured]): Promise<[number, number]> {
  const used: Pair = [[], []];
  for (let round = 0; round < CPU_ROUNDS; round++)
    for (const [at, [program, one]] of both.entries()) {
      const before = await program.cpuMs();
      for (let times = 0; times < REPEATED; times++)
        await Promise.all(Array.from({ length: SIDE_BY_SIDE }, () => stream(one, CHUNKS, 0)));
      used[at === 0 ? 0 : 1].push(((await program.cpuMs()) - before) / (REPEATED * SIDE_BY_SIDE));
    }
  return [median(used[0]), median(used[1])];
}

/** Bytes of memory that the gateway has while so many streams run. */
async function crowd(between: Program, through: Way): Promise<number> {
  const streams = Array.from({ length: CROWD }, () => stream(through, 60, 200));
  await sleep(CROWD_FLOWS_MS);
  const { rss } = await between.ask();
  await Promise.all(streams);
  return rss;
}
