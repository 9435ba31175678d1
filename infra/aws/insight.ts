// Looking into assistants on ECS: their logs and what they use, from CloudWatch and their tasks.
import { ECSClient, type Task } from "@aws-sdk/client-ecs";
import { resourceName } from "../args.ts";
import type { Sample, Usage } from "../found.ts";
import type { Insight } from "../insight.ts";
import type { Foundation } from "./args.ts";
import { clientOptions } from "./clients.ts";
import { LogStreams } from "./log-streams.ts";
import { openEcsLogs } from "./logs.ts";
import { readMetrics } from "./metrics.ts";
import { listTasks } from "./tasks.ts";

/** ECS measures once a minute, and each look at it costs. */
const KEPT_MS = 20_000;
/** The latest minutes are not measured yet. */
const LOOK_BACK_MS = 10 * 60_000;
const HOUR_MS = 60 * 60_000;
const PERIOD_SECONDS = 60;
const UNITS_PER_CPU = 1024;
const MIB = 1024 * 1024;

/** Of one deployment: its task, and what ECS has measured of the last hour, oldest first. */
interface Measured {
  readonly task: Task;
  readonly samples: readonly Sample[];
}

export function ecsInsight(foundation: Foundation): Required<Omit<Insight, "readUsage">> {
  const streams = new LogStreams(foundation);
  const ecs = new ECSClient(clientOptions(foundation.region));
  const kept = new Map<string, { readonly at: number; readonly measured: Promise<Measured | undefined> }>();
  /** Callers within a few seconds get the same answer. */
  const measuredOf = (deploymentId: string) => {
    const now = performance.now();
    for (const [id, { at }] of kept) if (now - at > KEPT_MS) kept.delete(id);
    const known = kept.get(deploymentId);
    if (known) return known.measured;
    const measured = readMeasured(ecs, foundation, deploymentId);
    kept.set(deploymentId, { at: now, measured });
    measured.catch(() => kept.delete(deploymentId));
    return measured;
  };
  return {
    openLogs: (deploymentId, wanted, signal) => openEcsLogs(streams, deploymentId, wanted, signal),
    async measure(deploymentId) {
      const measured = await measuredOf(deploymentId);
      return measured && usageOf(measured);
    },
    async pastUsage(deploymentId, since) {
      const { samples = [] } = (await measuredOf(deploymentId)) ?? {};
      return samples.filter(({ at }) => at >= since);
    },
  };
}

/** Of one that does not run any more it is what its last task has used, for as long as ECS knows that. */
async function readMeasured(
  ecs: ECSClient,
  foundation: Foundation,
  deploymentId: string,
): Promise<Measured | undefined> {
  const service = { cluster: foundation.clusterArn, service: resourceName(deploymentId) };
  const running = await listTasks(ecs, service, "RUNNING");
  const latest = running.find(({ lastStatus }) => lastStatus === "RUNNING") ?? running[0];
  const task = latest ?? (await listTasks(ecs, service, "STOPPED"))[0];
  if (!task) return undefined;
  const until = new Date();
  const since = new Date(until.getTime() - HOUR_MS);
  const points = await readMetrics(foundation, deploymentId, { since, until, periodSeconds: PERIOD_SECONDS });
  const cpus = Number(task.cpu) / UNITS_PER_CPU;
  const limit = memoryLimit(task);
  const samples = points.map(({ at, cpuPercent, memoryPercent }) => ({
    // Of the minute that has begun there may be something already.
    at: new Date(Math.min(until.getTime(), at.getTime() + PERIOD_SECONDS * 1000)),
    seconds: PERIOD_SECONDS,
    cpuCores: cpuPercent === undefined ? null : Math.round(cpuPercent * cpus * 10) / 1000,
    memoryBytes: memoryPercent === undefined ? null : Math.round((memoryPercent / 100) * limit),
    receivedBytesPerSecond: null,
    sentBytesPerSecond: null,
  }));
  return { task, samples };
}

function usageOf({ task, samples }: Measured): Usage | undefined {
  if (task.lastStatus !== "RUNNING") return undefined;
  const now = Date.now();
  const latest = samples.filter(({ at }) => now - at.getTime() < LOOK_BACK_MS);
  return {
    cpuCores: latest.findLast(({ cpuCores }) => cpuCores !== null)?.cpuCores ?? null,
    memoryBytes: latest.findLast(({ memoryBytes }) => memoryBytes !== null)?.memoryBytes ?? null,
    memoryLimitBytes: memoryLimit(task),
    receivedBytes: null,
    sentBytes: null,
    restarts: null,
    uptimeSeconds: Math.max(0, Math.round((now - (task.startedAt?.getTime() ?? now)) / 1000)),
  };
}

function memoryLimit({ memory }: Task): number {
  return Number(memory) * MIB;
}
