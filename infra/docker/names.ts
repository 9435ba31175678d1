// Labels and names by which a deployment's parts are known in the Docker engine.
import { createHash, randomBytes } from "node:crypto";
import { deploymentOf, resourceName } from "../args.ts";
import type { GatewayByName } from "./args.ts";

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

/** On an assistant's container: the name that leads to the model gateway there, and whose certificates it trusts. */
export const MODEL_GATEWAY_LABEL = "berth.model-gateway";

/** Text of that label. A program reads its certificates at its start: another one is for another container. */
export function gatewayText({ host, others, ca }: GatewayByName): string {
  const names = others ? "every provider" : host;
  return `${names} ${createHash("sha256").update(ca).digest("hex").slice(0, 16)}`;
}

/** An assistant's limits in words, for people and for comparing. */
export function limitsText(memoryMib: number, cpus: number): string {
  // The engine counts in billionths of a CPU.
  return `${memoryMib} MiB of memory, ${Math.round(cpus * 1e9) / 1e9} CPUs`;
}

/** Where a deployment's data is: by its record, or under the name that its volume has until its first restore. */
export function dataVolumeName(deploymentId: string, recorded: string | null | undefined): string {
  return recorded ?? resourceName(deploymentId);
}

/** Name of another volume for its data, which no volume has had: what is restored goes into a fresh one. */
export function freshVolumeName(deploymentId: string): string {
  return `${resourceName(deploymentId)}-${randomBytes(4).toString("hex")}`;
}

/** Whether a volume of that name was made for a deployment's data. */
export function isDataVolume(deploymentId: string, name: string): boolean {
  const own = resourceName(deploymentId);
  return name === own || (name.startsWith(`${own}-`) && /^-[0-9a-f]{8}$/.test(name.slice(own.length)));
}

/** The deployment whose part has that name; undefined if it is none of Berth's. */
export function ownerByName(name: string): string | undefined {
  return deploymentOf(name.replace(/-(handed|[0-9a-f]{8})$/, ""));
}

/** Name of the volume with what Berth hands to an assistant; it is there while the container is. */
export function handedVolumeName(deploymentId: string): string {
  return `${resourceName(deploymentId)}-handed`;
}
