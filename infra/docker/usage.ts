// What an assistant's container uses, as the engine measures it.
import Docker from "dockerode";
import { resourceName } from "../args.ts";
import type { Reading, Usage } from "../found.ts";
import { someAtPace } from "../pace/pace.ts";
import { EngineAway } from "../target.ts";
import { unless } from "./client.ts";

const TIMEOUT_MS = 10_000;
/** Each costs the engine about 3 ms of a core. */
const AT_PACE = { atOnce: 10, aSecond: 10 };
const NANOSECONDS = 1e9;

/**
 * Measures a deployment's container; undefined if there is none that runs. Takes a second or two.
 * @throws Error when the engine does not answer
 */
export async function measure(deploymentId: string): Promise<Usage | undefined> {
  const container = new Docker({ timeout: TIMEOUT_MS }).getContainer(resourceName(deploymentId));
  try {
    const { State, RestartCount } = await container.inspect();
    if (!State.Running) return undefined;
    const stats = await container.stats({ stream: false });
    return {
      cpuCores: cpuCores(stats),
      memoryLimitBytes: stats.memory_stats.limit ?? 0,
      ...memoryAndNetwork(stats),
      restarts: RestartCount,
      uptimeSeconds: Math.max(0, Math.round((Date.now() - Date.parse(State.StartedAt)) / 1000)),
    };
  } catch (error) {
    if ((error as { readonly statusCode?: number }).statusCode === 404) return undefined;
    throw error;
  }
}

/**
 * Reads the containers of those that run, once each: what they use is the difference to the reading before.
 * @throws EngineAway
 */
export async function readUsage(
  deploymentIds: readonly string[],
  signal: AbortSignal,
): Promise<ReadonlyMap<string, Reading>> {
  const docker = new Docker({ timeout: TIMEOUT_MS });
  const found = new Map<string, Reading>();
  const read = async (id: string) => {
    const reading = await readOne(docker, id, signal);
    if (reading) found.set(id, reading);
  };
  await someAtPace(deploymentIds, AT_PACE, read, signal);
  return found;
}

/** Undefined for one that does not run, or of which the engine says nothing. */
async function readOne(
  docker: Docker,
  deploymentId: string,
  abortSignal: AbortSignal,
): Promise<Reading | undefined> {
  const container = docker.getContainer(resourceName(deploymentId));
  const asked = { stream: false, "one-shot": true, abortSignal } as const;
  const stats = await container
    .stats(asked)
    .catch(unless(404, 409, 500))
    .catch((error: unknown) => {
      throw new EngineAway(error);
    });
  // Of one that has ended the engine answers with nothing but zeros.
  if (!stats?.memory_stats.usage) return undefined;
  return {
    at: new Date(stats.read),
    run: (stats as unknown as { readonly id?: string }).id ?? "",
    cpuSeconds: stats.cpu_stats.cpu_usage.total_usage / NANOSECONDS,
    cpuCores: null,
    ...memoryAndNetwork(stats),
  };
}

function memoryAndNetwork({
  memory_stats: { usage = 0, stats: memory },
  networks = {},
}: Docker.ContainerStats) {
  // The engine's own way of counting, for cgroups of version 2 and 1.
  const inactive = memory?.inactive_file ?? memory?.total_inactive_file ?? 0;
  const all = Object.values(networks);
  return {
    memoryBytes: Math.max(0, usage - inactive),
    receivedBytes: all.reduce((sum, { rx_bytes }) => sum + rx_bytes, 0),
    sentBytes: all.reduce((sum, { tx_bytes }) => sum + tx_bytes, 0),
  };
}

function cpuCores({ cpu_stats: now, precpu_stats: before }: Docker.ContainerStats): number {
  const used = now.cpu_usage.total_usage - before.cpu_usage.total_usage;
  const passed = now.system_cpu_usage - (before.system_cpu_usage ?? 0);
  if (used <= 0 || passed <= 0) return 0;
  return Math.round((used / passed) * now.online_cpus * 1000) / 1000;
}
