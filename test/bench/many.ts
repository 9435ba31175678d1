// An installation with hundreds of stacks, of which few run, beside one with these few.
import { setTimeout as sleep } from "node:timers/promises";
import { type Report, step } from "../../infra/toolchain/progress.ts";
import { API_KEY } from "../support/berth.ts";
import type { LifecycleCall } from "../support/faults/calls.ts";
import { Server } from "../support/faults/server.ts";
import { childrenOf, cpuSeconds, memoryBytes } from "../support/resources.ts";
import { dockerRun } from "./docker-run.ts";
import { PAUSE_MS } from "./pace.ts";
import { allAtOnce, deleteAll, preparedSlots, ROOM } from "./slots.ts";
import { median, mib, ms, ratio, seconds, type Table } from "./table.ts";

const ACTIVE = 5;
const ALL = 300;
const ROUNDS = 5;
const READS = 20;
const IDLE_SECONDS = 60;
/** The child that waits in the place of the last one has loaded by then. */
const CALM_MS = 20_000;
const STEPS = ["activate", "stop", "redeploy", "delete"] as const satisfies LifecycleCall[];

/** Milliseconds, bytes, and seconds of CPU. */
type Measured = Readonly<
  Record<(typeof STEPS)[number] | "bare" | "list" | "metrics" | "start" | "memory" | "cpu" | "watch", number>
>;

export interface Growth {
  readonly active: number;
  /** Milliseconds until an assistant runs without Berth, beside them. */
  readonly bare?: (round: number) => Promise<number>;
  /** What the watch of the target takes by itself, as a part of a core. */
  readonly watch?: () => Promise<number>;
}

export async function many(image: string): Promise<Table> {
  const server = await Server.start(84, { settings: { BERTH_ASSISTANT_IMAGE: image, ...ROOM } });
  try {
    const bare = (round: number) => dockerRun(round, { image, memoryMib: 64, cpus: 0.5 });
    return await grow(server, { active: ACTIVE, bare });
  } finally {
    await server.close();
  }
}

/** Measures a fresh installation with those that are active, and once more with all. */
export async function grow(server: Server, growth: Growth): Promise<Table> {
  const { active } = growth;
  const slots = (count: number) =>
    step(`Preparing ${count} slots`, (report) => preparedSlots(server, count, report));
  const ids = await slots(active);
  await step(`Activating ${active}`, (report) => allAtOnce(server, ids, "activate", report));
  const few = await step(`Measuring ${active}`, (report) => measure(server, growth, report));
  const startedAt = performance.now();
  ids.push(...(await slots(ALL - active)));
  const prepared = performance.now() - startedAt;
  const lots = await step(`Measuring ${ALL}`, (report) => measure(server, growth, report));
  const gone = await step(`Deleting ${ALL}`, (report) => deleteAll(server, ids, report));
  const row = (what: string, key: keyof Measured, unit: (value: number) => string) => [
    what,
    unit(few[key]),
    unit(lots[key]),
    ratio(lots[key], few[key]),
  ];
  const cores = (part: number) => `${(part * 100).toFixed(1)} %`;
  return [
    [`${active} active of`, `${active}`, `${ALL}`, "ratio"],
    ...STEPS.map((step) => row(`${step}, p50 of ${ROUNDS}`, step, ms)),
    ...(growth.bare ? [row("`docker run` beside them", "bare", ms)] : []),
    row("`GET /?limit=100`", "list", ms),
    row("`GET /metrics`", "metrics", ms),
    row("start until `/healthz`", "start", ms),
    row("memory of the server", "memory", mib),
    row("a core of the idle server and its children", "cpu", cores),
    ...(growth.watch ? [row("a core of the watch by itself, and its database", "watch", cores)] : []),
    [`${ALL - active} slots bought and prepared`, "", seconds(prepared), ""],
    [`${ALL} deleted at once, nothing left`, "", seconds(Math.max(...gone.times)), ""],
  ];
}

async function measure(server: Server, { bare, watch }: Growth, report: Report): Promise<Measured> {
  await server.kill();
  const startedAt = performance.now();
  await server.start();
  const start = performance.now() - startedAt;
  const lives: Record<(typeof STEPS)[number], number>[] = [];
  const others: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    report(`${round} of ${ROUNDS} lives`);
    lives.push(await life(server));
    if (bare) others.push(await bare(round));
  }
  const of = (step: (typeof STEPS)[number]) => median(lives.map((times) => times[step]));
  const list = await timeOf(`${server.url}/api/v1/assistants?limit=100`);
  const metrics = await timeOf(`${server.url}/metrics`);
  report("idle");
  const cpu = await idleCpu(server);
  if (watch) report("the watch by itself");
  return {
    ...{ activate: of("activate"), stop: of("stop"), redeploy: of("redeploy"), delete: of("delete") },
    ...{ bare: median(others), list, metrics, start, cpu, memory: memoryBytes(server.pid) },
    watch: (await watch?.()) ?? Number.NaN,
  };
}

async function life(server: Server): Promise<Record<(typeof STEPS)[number], number>> {
  const ids = await preparedSlots(server, 1);
  const timed = async (step: (typeof STEPS)[number]) => {
    await sleep(PAUSE_MS);
    const { times } = await allAtOnce(server, ids, step);
    return times[0] ?? Number.NaN;
  };
  return {
    activate: await timed("activate"),
    stop: await timed("stop"),
    redeploy: await timed("redeploy"),
    delete: await timed("delete"),
  };
}

async function timeOf(url: string): Promise<number> {
  const times: number[] = [];
  for (let n = 0; n < READS; n++) {
    const startedAt = performance.now();
    const answer = await fetch(url, { headers: { "X-API-Key": API_KEY } });
    await answer.text();
    if (!answer.ok) throw new Error(`${url} was answered by ${answer.status}.`);
    times.push(performance.now() - startedAt);
  }
  return median(times);
}

/** What of a core Berth's own processes use while nobody calls: the regular looks at the engine and the assistants. */
async function idleCpu(server: Server): Promise<number> {
  await sleep(CALM_MS);
  const used = () => [server.pid, ...childrenOf(server.pid)].reduce((sum, pid) => sum + cpuSeconds(pid), 0);
  const before = used();
  await sleep(IDLE_SECONDS * 1000);
  return (used() - before) / IDLE_SECONDS;
}
