// What one assistant's stack is made from. Whoever needs the shape must not load Pulumi.
import type { Config } from "@pulumi/pulumi";

/** The label that everything of a deployment carries in the container engine. */
export const DEPLOYMENT_LABEL = "berth.deployment";
/** Marks a container that was only ever made to get at a volume: it is no assistant. */
export const DOOR_LABEL = "berth.door";
/** On an assistant's container: the version of the settings that it was started with. */
export const STARTED_WITH_LABEL = "berth.started-with";
/** On an assistant's container: the version of the plugin that it has loaded. */
export const PLUGIN_LABEL = "berth.plugin";
/** On an assistant's container: the limits that were asked for, as `limitsText` says them. */
export const LIMITS_LABEL = "berth.limits";

/** Inputs of the program on any target. The CLI and the API both hand them over as stack config. */
interface CommonArgs {
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

export interface DockerArgs extends CommonArgs {
  /** Port on the host's loopback; Berth hands it out once for the deployment's life. */
  readonly hostPort: number;
  /** CIDR of the deployment's own network. */
  readonly subnet: string;
  /** File of Berth's with the assistant's secrets. Pulumi knows the path only. */
  readonly secretsFile: string;
  /** Keyed hash of that file and of the settings. */
  readonly secretsFingerprint: string;
  /** The version of the settings that the container was started with: another value replaces it. */
  readonly startedWith: string;
  /** OCI runtime of the container; the engine's default if absent. */
  readonly runtime: string | undefined;
  /** Volume with the image's compiled code, mounted read-only, if there was one when this was asked for. */
  readonly codeCache: string | undefined;
}

export interface EcsArgs extends CommonArgs {
  readonly foundation: Foundation;
  /** Absent until the deployment is activated. */
  readonly secrets: SecretsReference | undefined;
  /** The operation that asks for this: each one looks anew whether the service runs what it was asked to. */
  readonly operation: string;
}

/** Where an assistant's secrets are. Holds none of them. */
export interface SecretsReference {
  readonly arn: string;
  /** Keyed hash of the values: a changed secret is another task definition. */
  readonly version: string;
  /** Names of the environment variables, which are the keys of the secret's JSON. */
  readonly names: readonly string[];
}

/** What all deployments of an account and region share: the outputs of the foundation's stack. */
export interface Foundation {
  readonly region: string;
  readonly accountId: string;
  readonly vpcId: string;
  readonly subnetIds: readonly string[];
  readonly clusterArn: string;
  readonly fileSystemId: string;
  /** Security group of the file system's mount targets. */
  readonly fileSystemSecurityGroupId: string;
  readonly logGroupName: string;
  readonly executionRoleArn: string;
  readonly kmsKeyArn: string;
  /** Family of the task that removes a deleted deployment's directory. */
  readonly eraserTaskFamily: string;
  readonly eraserSecurityGroupId: string;
  /** What states are carried out and in by; older foundations lack it. */
  readonly transfer?: Transfer | undefined;
}

export interface Transfer {
  /** Name of the bucket through which states pass. */
  readonly bucket: string;
  /** Of the task that does it; it has Node and GNU tar. */
  readonly image: string;
}

/** What the program reports back. `status` is said only after the readiness probe has passed. */
export interface AssistantOutputs {
  readonly status: "active" | "stopped";
  readonly replicas: 0 | 1;
  readonly containerId: string | null;
  readonly endpoint: string | null;
  readonly image: string;
  readonly network: string;
  readonly volume: string;
  /** On AWS alone: the revision that the service was asked to run. */
  readonly taskDefinition?: string | undefined;
}

/** An assistant's limits in words, for people and for comparing. */
export function limitsText(memoryMib: number, cpus: number): string {
  // The engine counts in billionths of a CPU.
  return `${memoryMib} MiB of memory, ${Math.round(cpus * 1e9) / 1e9} CPUs`;
}

/** Name of the volume with what Berth hands to an assistant; it is there while the container is. */
export function handedVolumeName(deploymentId: string): string {
  return `${resourceName(deploymentId)}-handed`;
}

/** Name of a deployment's container, network and data volume. */
export function resourceName(deploymentId: string): string {
  return `berth-${deploymentId}`;
}

/** The deployment whose container, network or volume has that name; undefined if it is none of Berth's. */
export function deploymentOf(name: string): string | undefined {
  return /^berth-([0-9a-f-]{36})$/.exec(name)?.[1];
}
