// The log of an assistant's container, as the kubelet keeps it. It goes on with the container that comes after.
import { PassThrough } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import { Log } from "@kubernetes/client-node";
import { Line, type LogLine, type LogsWanted } from "../assistant/log-lines.ts";
import { type Cluster, inWords } from "./client.ts";
import { ASSISTANT, podName } from "./names.ts";
import { readPod } from "./settlement.ts";

const PAUSE_MS = 1_000;

/** Undefined if there is no pod. @throws Error of the API server, in words */
export async function openLogs(
  cluster: Cluster,
  deploymentId: string,
  wanted: LogsWanted,
  signal: AbortSignal,
): Promise<AsyncIterable<LogLine> | undefined> {
  if (!(await readPod(cluster, deploymentId))) return undefined;
  return lines(cluster, deploymentId, wanted, signal);
}

async function* lines(
  cluster: Cluster,
  deploymentId: string,
  { tail, since, follow }: LogsWanted,
  signal: AbortSignal,
): AsyncGenerator<LogLine> {
  let last: string | null = null;
  let from = tail === 0 ? new Date() : since;
  for (;;) {
    const asked: Part = { tail: last === null && tail > 0 ? tail : undefined, from, follow };
    const log: AsyncIterable<LogLine> | undefined = await openLog(cluster, deploymentId, asked, signal).catch(
      notYet(follow),
    );
    for await (const line of log ?? []) {
      // What has the moment of the last line was read before.
      if (last !== null && line.at !== null && line.at <= last) continue;
      last = line.at ?? last;
      yield line;
    }
    if (!follow || signal.aborted) return;
    await sleep(PAUSE_MS, undefined, { signal }).catch(() => {});
    if (signal.aborted || !(await readPod(cluster, deploymentId))) return;
    if (last !== null) from = new Date(last);
  }
}

/** The container that comes next may not have begun. */
function notYet(follow: boolean): (error: unknown) => undefined {
  return (error) => {
    if (follow) return undefined;
    throw error;
  };
}

interface Part {
  readonly tail: number | undefined;
  readonly from: Date | undefined;
  readonly follow: boolean;
}

async function openLog(
  { config, namespace }: Cluster,
  deploymentId: string,
  { tail, from, follow }: Part,
  signal: AbortSignal,
): Promise<AsyncIterable<LogLine>> {
  const stream = new PassThrough();
  const options = {
    follow,
    timestamps: true,
    ...(tail !== undefined && { tailLines: tail }),
    ...(from && { sinceTime: from.toISOString() }),
  };
  const name = podName(deploymentId);
  const opened = await inWords(() => new Log(config).log(namespace, name, ASSISTANT, stream, options));
  const end = () => {
    opened.abort();
    stream.end();
  };
  signal.addEventListener("abort", end, { once: true });
  return linesOf(stream, end);
}

/** What the kubelet puts before each line: `2026-01-02T03:04:05.678901234Z `. */
const MOMENT = /^(\d{4}-\d\d-\d\dT[\d:.]{8,18}(?:Z|[+-]\d\d:\d\d)) /;

/** Each line with its moment, without control characters. Call `end` is called once nobody reads any more. */
export async function* linesOf(
  stream: AsyncIterable<Buffer>,
  end: () => void = () => {},
): AsyncGenerator<LogLine> {
  const line = new Line();
  try {
    for await (const piece of stream) for (const text of line.add(piece)) yield withMoment(text);
    for (const text of line.end()) yield withMoment(text);
  } finally {
    end();
  }
}

function withMoment(text: string): LogLine {
  const [stamp = "", at = null] = MOMENT.exec(text) ?? [];
  return { at, text: text.slice(stamp.length) };
}
