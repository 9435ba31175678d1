// Looking into assistants on ECS: their logs and what they use, from CloudWatch and their tasks.
import { ECSClient } from "@aws-sdk/client-ecs";
import { resourceName } from "../args.ts";
import type { Usage } from "../found.ts";
import type { Insight } from "../target.ts";
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
const PERIOD_SECONDS = 60;
const UNITS_PER_CPU = 1024;
const MIB = 1024 * 1024;

interface Measured {
  readonly at: number;
  readonly usage: Promise<Usage | undefined>;
}

export function ecsInsight(foundation: Foundation): Insight {
  const streams = new LogStreams(foundation);
  const ecs = new ECSClient(clientOptions(foundation.region));
  const measured = new Map<string, Measured>();
  return {
    openLogs: (deploymentId, wanted, signal) => openEcsLogs(streams, deploymentId, wanted, signal),
    /** Callers within a few seconds get the same answer. */
    measure(deploymentId) {
      const now = performance.now();
      for (const [id, { at }] of measured) if (now - at > KEPT_MS) measured.delete(id);
      const known = measured.get(deploymentId);
      if (known) return known.usage;
      const usage = measureNow(ecs, foundation, deploymentId);
      measured.set(deploymentId, { at: now, usage });
      usage.catch(() => measured.delete(deploymentId));
      return usage;
    },
  };
}

async function measureNow(
  ecs: ECSClient,
  foundation: Foundation,
  deploymentId: string,
): Promise<Usage | undefined> {
  const service = { cluster: foundation.clusterArn, service: resourceName(deploymentId) };
  const tasks = await listTasks(ecs, service, "RUNNING");
  const task = tasks.find(({ lastStatus }) => lastStatus === "RUNNING");
  if (!task) return undefined;
  const until = new Date();
  const since = new Date(until.getTime() - LOOK_BACK_MS);
  const points = await readMetrics(foundation, deploymentId, { since, until, periodSeconds: PERIOD_SECONDS });
  const cpuPercent = points.findLast((point) => point.cpuPercent !== undefined)?.cpuPercent;
  const memoryPercent = points.findLast((point) => point.memoryPercent !== undefined)?.memoryPercent;
  const cpus = Number(task.cpu) / UNITS_PER_CPU;
  const memoryLimitBytes = Number(task.memory) * MIB;
  return {
    cpuCores: cpuPercent === undefined ? null : Math.round(cpuPercent * cpus * 10) / 1000,
    memoryBytes: memoryPercent === undefined ? null : Math.round((memoryPercent / 100) * memoryLimitBytes),
    memoryLimitBytes,
    receivedBytes: null,
    sentBytes: null,
    restarts: null,
    uptimeSeconds: Math.max(0, Math.round((until.getTime() - (task.startedAt ?? until).getTime()) / 1000)),
  };
}
