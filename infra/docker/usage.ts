// What an assistant's container uses, as the engine measures it.
import Docker from "dockerode";
import { resourceName } from "../args.ts";
import type { Usage } from "../found.ts";

const TIMEOUT_MS = 10_000;

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
    const networks = Object.values(stats.networks ?? {});
    const { usage = 0, limit = 0, stats: memory } = stats.memory_stats;
    // The engine's own way of counting, for cgroups of version 2 and 1.
    const inactive = memory?.inactive_file ?? memory?.total_inactive_file ?? 0;
    return {
      cpuCores: cpuCores(stats),
      memoryBytes: Math.max(0, usage - inactive),
      memoryLimitBytes: limit,
      receivedBytes: networks.reduce((sum, { rx_bytes }) => sum + rx_bytes, 0),
      sentBytes: networks.reduce((sum, { tx_bytes }) => sum + tx_bytes, 0),
      restarts: RestartCount,
      uptimeSeconds: Math.max(0, Math.round((Date.now() - Date.parse(State.StartedAt)) / 1000)),
    };
  } catch (error) {
    if ((error as { readonly statusCode?: number }).statusCode === 404) return undefined;
    throw error;
  }
}

function cpuCores({ cpu_stats: now, precpu_stats: before }: Docker.ContainerStats): number {
  const used = now.cpu_usage.total_usage - before.cpu_usage.total_usage;
  const passed = now.system_cpu_usage - (before.system_cpu_usage ?? 0);
  if (used <= 0 || passed <= 0) return 0;
  return Math.round((used / passed) * now.online_cpus * 1000) / 1000;
}
