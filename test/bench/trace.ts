// Where the time of each lifecycle call goes: the spans of OpenTelemetry, and what is between them.
import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { ACTIVATION, startTestBerth, type TestBerth, waitForStatus } from "../support/berth.ts";
import { type CollectedSpan, type Collector, startCollector } from "../support/collector.ts";
import { preparedSlot } from "./lifecycle.ts";
import { PAUSE_MS } from "./pace.ts";
import { median, ms, type Table } from "./table.ts";

const ROUNDS = 7;
/** In the order of a life, with what each leads to. */
const CALLS = [
  { name: "activate", method: "POST", path: "/activate", body: ACTIVATION, status: "active" },
  { name: "stop", method: "POST", path: "/stop", body: undefined, status: "stopped" },
  { name: "redeploy", method: "POST", path: "/redeploy", body: {}, status: "active" },
  { name: "delete", method: "DELETE", path: "", body: undefined, status: "deleted" },
] as const;
type Call = (typeof CALLS)[number];
const RESOURCES = ["Command settings", "Container assistant", "Command readiness"];

type Parts = Readonly<Record<string, number>>;

export async function trace(image: string): Promise<Table> {
  const collector = await startCollector();
  const berth = await startTestBerth(72, {
    BERTH_ASSISTANT_IMAGE: image,
    BERTH_CONCURRENCY: "1",
    OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
  });
  try {
    return await tracedLives(berth, collector, RESOURCES);
  } finally {
    await berth.close();
    await collector.close();
  }
}

/** @param resources whose time is shown by itself, as Pulumi names them */
export async function tracedLives(
  berth: TestBerth,
  collector: Collector,
  resources: readonly string[],
): Promise<Table> {
  const rounds: Parts[][] = [];
  while (rounds.length < ROUNDS) {
    const id = await preparedSlot(berth);
    const life: Parts[] = [];
    for (const call of CALLS) life.push(await traced({ berth, collector, id, resources }, call));
    rounds.push(life);
  }
  const names = Object.keys(rounds[0]?.[0] ?? {});
  const at = (name: string, call: number) => median(rounds.map((life) => life[call]?.[name] ?? Number.NaN));
  return [
    [`p50 of ${ROUNDS} traces`, ...CALLS.map(({ name }) => name)],
    ...names.map((name) => [name, ...CALLS.map((_, call) => ms(at(name, call)))]),
  ];
}

interface Slot {
  readonly berth: TestBerth;
  readonly collector: Collector;
  readonly id: string;
  readonly resources: readonly string[];
}

async function traced({ berth, collector, id, resources }: Slot, call: Call): Promise<Parts> {
  const { method, path, body, status } = call;
  const traceId = randomBytes(16).toString("hex");
  const traceparent = `00-${traceId}-${randomBytes(8).toString("hex")}-01`;
  await sleep(PAUSE_MS);
  await berth.call(method, `${id}${path}`, body, { traceparent });
  await waitForStatus(berth, id, status);
  const span = (name: string) => collector.until((one) => one.traceId === traceId && one.name === name);
  const operation = await span(`operation ${call.name}`);
  const asked = await span(`${method} /api/v1/assistants/:id${path}`);
  const [child, settle] = [await span("child process"), await span("settle")];
  const steps = collector.spans.filter((one) => one.parentId === child.spanId);
  // What stays as it is, is judged at once.
  const acts = steps.filter(({ name }) => !name.startsWith("pulumi same "));
  const spent = (resource: string) =>
    acts.filter(({ name }) => name.endsWith(` ${resource}`)).reduce((sum, one) => sum + took(one), 0);
  const first = inOrder(acts.map(({ startNs }) => startNs)).at(0) ?? child.startNs;
  const last = inOrder(acts.map(({ endNs }) => endNs)).at(-1) ?? child.endNs;
  const own = Object.fromEntries(resources.map((name) => [`Pulumi: ${name}`, spent(name)]));
  const sum = Object.values(own).reduce((all, one) => all + one, 0);
  return {
    "the call, until its 202": took(asked),
    "until a worker has taken it": between(asked.startNs, operation.startNs),
    "image, facts, secrets, until the child process has its step": between(operation.startNs, child.startNs),
    "the child process asks the target, Pulumi starts, until it acts": between(child.startNs, first),
    ...own,
    "Pulumi: volumes, and between these": between(first, last) - sum,
    "Pulumi ends, the target is asked again": between(last, child.endNs),
    "the result is recorded": took(settle),
    "in all, from the call": between(asked.startNs, operation.endNs),
  };
}

function took({ startNs, endNs }: CollectedSpan): number {
  return between(startNs, endNs);
}

function between(from: bigint, to: bigint): number {
  return Number(to - from) / 1e6;
}

function inOrder(moments: readonly bigint[]): bigint[] {
  return moments.toSorted((one, other) => Number(one - other));
}
