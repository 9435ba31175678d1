// The log of an assistant's container, as the kubelet keeps it. It goes on with the container that comes after.
import { setTimeout as sleep } from "node:timers/promises";
import { ApiException, HttpMethod, RequestContext } from "@kubernetes/client-node";
import { fetch } from "undici";
import { Line, type LogLine, type LogsWanted } from "../assistant/log-lines.ts";
import { type Cluster, codeOf, wordsOf } from "./client.ts";
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
    try {
      for await (const line of linesOf(await openLog(cluster, deploymentId, asked, signal))) {
        // What has the moment of the last line was read before.
        if (last !== null && line.at !== null && line.at <= last) continue;
        last = line.at ?? last;
        yield line;
      }
    } catch (error) {
      if (signal.aborted) return;
      if (!follow || isRefused(error)) throw new Error(wordsOf(error), { cause: error });
    }
    if (!follow || signal.aborted) return;
    await sleep(PAUSE_MS, undefined, { signal }).catch(() => {});
    if (signal.aborted || !(await readPod(cluster, deploymentId))) return;
    if (last !== null) from = new Date(last);
  }
}

/** Any other error passes: the container that comes next may not have begun, and a connection may be cut. */
function isRefused(error: unknown): boolean {
  return codeOf(error) === 401 || codeOf(error) === 403;
}

interface Part {
  readonly tail: number | undefined;
  readonly from: Date | undefined;
  readonly follow: boolean;
}

/** The client's own reader leaves a connection that is cut without an end, and its error without a listener. */
async function openLog(
  { config, namespace }: Cluster,
  deploymentId: string,
  { tail, from, follow }: Part,
  signal: AbortSignal,
): Promise<AsyncIterable<Uint8Array>> {
  const path = `/api/v1/namespaces/${namespace}/pods/${podName(deploymentId)}/log`;
  const query = new URLSearchParams({
    container: ASSISTANT,
    follow: String(follow),
    timestamps: "true",
    ...(tail !== undefined && { tailLines: String(tail) }),
    ...(from && { sinceTime: from.toISOString() }),
  });
  const url = `${config.getCurrentCluster()?.server}${path}?${query}`;
  const context = new RequestContext(url, HttpMethod.GET);
  await config.applySecurityAuthentication(context);
  const dispatcher = context.getDispatcher();
  const answer = await fetch(url, {
    headers: context.getHeaders(),
    ...(dispatcher && { dispatcher }),
    signal,
  });
  if (answer.status === 200 && answer.body) return answer.body;
  throw new ApiException(answer.status, "", await answer.text(), {});
}

/** What the kubelet puts before each line: `2026-01-02T03:04:05.678901234Z `. */
const MOMENT = /^(\d{4}-\d\d-\d\dT[\d:.]{8,18}(?:Z|[+-]\d\d:\d\d)) /;

/** Each line with its moment, without control characters. */
export async function* linesOf(stream: AsyncIterable<Uint8Array>): AsyncGenerator<LogLine> {
  const line = new Line();
  for await (const piece of stream) for (const text of line.add(Buffer.from(piece))) yield withMoment(text);
  for (const text of line.end()) yield withMoment(text);
}

function withMoment(text: string): LogLine {
  const [stamp = "", at = null] = MOMENT.exec(text) ?? [];
  return { at, text: text.slice(stamp.length) };
}
