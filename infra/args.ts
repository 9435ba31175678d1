// What one assistant's stack is made from. A file that needs the shape must not load Pulumi.
import type { Config } from "@pulumi/pulumi";

/** Inputs of the program on any target. The CLI and the API both hand them over as stack config. */
export interface CommonArgs {
  /** 1 runs the assistant; 0 keeps its network and its data only. */
  readonly replicas: 0 | 1;
  readonly image: string;
  /** The keys of `openclaw.json` that Berth owns. Holds no secret. */
  readonly settings: Readonly<Record<string, unknown>>;
  /**
   * Another text for each time that the assistant has refused its `openclaw.json`: that is then set aside, and the last
   * one that it has accepted taken instead.
   */
  readonly settingsRefused: string | undefined;
  readonly memoryMib: number;
  readonly cpus: number;
  readonly startupTimeoutSeconds: number;
}

export function readCommonArgs(config: Config): CommonArgs {
  return {
    replicas: config.requireNumber("replicas", { min: 0, max: 1 }) === 1 ? 1 : 0,
    image: config.require("image"),
    settings: config.requireObject<Record<string, unknown>>("settings"),
    settingsRefused: config.get("settingsRefused"),
    memoryMib: config.requireNumber("memoryMib", { min: 16 }),
    cpus: config.requireNumber("cpus", { min: 0.01 }),
    startupTimeoutSeconds: config.requireNumber("startupTimeoutSeconds", { min: 1 }),
  };
}

/**
 * What the program reports back. `active` only after the readiness probe has passed; `waiting`: of a paid slot, with neither bot
 * nor key, whether or not it has started yet.
 */
export interface AssistantOutputs {
  readonly status: "active" | "stopped" | "waiting";
  readonly replicas: 0 | 1;
  readonly containerId: string | null;
  readonly endpoint: string | null;
  readonly image: string;
  readonly network: string;
  readonly volume: string;
  /** On AWS alone: the revision that the service was asked to run. */
  readonly taskDefinition?: string | undefined;
}

/** Name of a deployment's container, network and data volume. */
export function resourceName(deploymentId: string): string {
  return `berth-${deploymentId}`;
}

/** The ids of deployments and of whatever else Berth names have this form, as the source of a pattern without groups. */
export const UUID_FORM = "[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}";
const UUID = new RegExp(`^${UUID_FORM}$`);
const RESOURCE = new RegExp(`^berth-(${UUID_FORM})$`);

/** Whether a text is an id in small letters. */
export function isUuid(text: string): boolean {
  return UUID.test(text);
}

/** The deployment whose container, network or volume has that name; undefined if it is none of Berth's. */
export function deploymentOf(name: string): string | undefined {
  return RESOURCE.exec(name)?.[1];
}
