// Where the time of an activation goes: the spans of OpenTelemetry, and what is between them.
import { randomBytes } from "node:crypto";
import { ACTIVATION, startTestBerth, type TestBerth, waitForStatus } from "../support/berth.ts";
import { type CollectedSpan, type Collector, startCollector } from "../support/collector.ts";
import { preparedSlot } from "./lifecycle.ts";
import { median, ms, type Table } from "./table.ts";

const ROUNDS = 7;
const CALL = "POST /api/v1/assistants/:id/activate";
/** In the order in which they come. */
const MADE = [
  "create Volume handed",
  "create Command settings",
  "create Container assistant",
  "create Command readiness",
];

type Parts = Readonly<Record<string, number>>;

export async function trace(image: string): Promise<Table> {
  const collector = await startCollector();
  const berth = await startTestBerth(72, {
    BERTH_ASSISTANT_IMAGE: image,
    BERTH_CONCURRENCY: "1",
    OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
  });
  try {
    return await traced(berth, collector, MADE);
  } finally {
    await berth.close();
    await collector.close();
  }
}

/** @param made what Pulumi does, as its spans are named, in the order in which they come */
export async function traced(
  berth: TestBerth,
  collector: Collector,
  made: readonly string[],
): Promise<Table> {
  const rounds: Parts[] = [];
  while (rounds.length < ROUNDS) rounds.push(await activation(berth, collector, made));
  const names = Object.keys(rounds[0] ?? {});
  return [
    [`one activate, p50 of ${ROUNDS} traces`, "time"],
    ...names.map((name) => [name, ms(median(rounds.map((parts) => parts[name] ?? Number.NaN)))]),
  ];
}

async function activation(berth: TestBerth, collector: Collector, names: readonly string[]): Promise<Parts> {
  const id = await preparedSlot(berth);
  const traceId = randomBytes(16).toString("hex");
  const traceparent = `00-${traceId}-${randomBytes(8).toString("hex")}-01`;
  await berth.call("POST", `${id}/activate`, ACTIVATION, { traceparent });
  await waitForStatus(berth, id, "active");
  const span = (name: string) => collector.until((one) => one.traceId === traceId && one.name === name);
  const operation = await span("operation activate");
  const [call, child, settle] = [await span(CALL), await span("child process"), await span("settle")];
  const made = await Promise.all(names.map((name) => span(`pulumi ${name}`)));
  const steps = collector.spans.filter((one) => one.parentId === child.spanId);
  return {
    "the call, until its 202": took(call),
    "until a worker has taken it": between(call.startNs, operation.startNs),
    "image, facts, secrets, until the child process has its step": between(operation.startNs, child.startNs),
    "the child process asks the target, Pulumi starts, until its first resource": between(
      child.startNs,
      inOrder(steps.map(({ startNs }) => startNs)).at(0) ?? child.startNs,
    ),
    ...Object.fromEntries(made.map((one, at) => [`Pulumi: ${names[at]}`, took(one)])),
    "Pulumi ends, the target is asked again": between(
      inOrder(steps.map(({ endNs }) => endNs)).at(-1) ?? child.endNs,
      child.endNs,
    ),
    "the result is recorded": took(settle),
    "in all, from the call": between(call.startNs, operation.endNs),
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
