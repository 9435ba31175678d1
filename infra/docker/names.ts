// Labels and names by which a deployment's parts are known in the Docker engine.
import { deploymentOf, resourceName } from "../args.ts";

/** The label that everything of a deployment carries in the engine. */
export const DEPLOYMENT_LABEL = "berth.deployment";
/** Marks a container that was only ever made to get at a volume: it is no assistant. */
export const DOOR_LABEL = "berth.door";
/** On an assistant's container: the version of the settings that it was started with. */
export const STARTED_WITH_LABEL = "berth.started-with";
/** On an assistant's container: the version of the plugin that it has loaded. */
export const PLUGIN_LABEL = "berth.plugin";
/** On an assistant's container: the limits that were asked for, as `limitsText` says them. */
export const LIMITS_LABEL = "berth.limits";

/** An assistant's limits in words, for people and for comparing. */
export function limitsText(memoryMib: number, cpus: number): string {
  // The engine counts in billionths of a CPU.
  return `${memoryMib} MiB of memory, ${Math.round(cpus * 1e9) / 1e9} CPUs`;
}

/** The deployment whose part has that name; undefined if it is none of Berth's. */
export function ownerByName(name: string): string | undefined {
  return deploymentOf(name.replace(/-handed$/, ""));
}

/** Name of the volume with what Berth hands to an assistant; it is there while the container is. */
export function handedVolumeName(deploymentId: string): string {
  return `${resourceName(deploymentId)}-handed`;
}
