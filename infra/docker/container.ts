// The hardened container of an assistant, as plain data: no Pulumi runtime, so it is tested without one.
import type * as docker from "@pulumi/docker";
import type { Input } from "@pulumi/pulumi";
import {
  ASSISTANT_PORT,
  environment,
  IMAGE_UID,
  STATE_PATH,
  STOP_TIMEOUT_SECONDS,
  temporary,
} from "../assistant/image-contract.ts";
import { GATEWAY_CA_PATH, HANDED_PATH } from "../assistant/openclaw.ts";
import type { DockerArgs } from "./args.ts";
import { bridgeAddress } from "./bridge.ts";
import { CODE_CACHE_ENVIRONMENT, CODE_CACHE_PATH } from "./code-cache/names.ts";
import {
  gatewayText,
  LIMITS_LABEL,
  limitsText,
  MODEL_GATEWAY_LABEL,
  PLUGIN_LABEL,
  STARTED_WITH_LABEL,
} from "./names.ts";
import { REHEARSAL_COMMAND } from "./rehearsal.ts";
import { seccompOption } from "./seccomp/option.ts";
import { userText } from "./user.ts";

export const RESTART_POLICY = "unless-stopped";
/** Of each process. Where the engine itself may have fewer and is not privileged, no container could be started. */
const OPEN_FILES = 16_384;
/** The provider records changes of these as done without doing them: only a new container has them. */
export const NOT_APPLIED_IN_PLACE = ["healthcheck", "tmpfs", "init", "cpuQuota", "cpuPeriod"] as const;

/** What the container is connected to. */
export interface Surroundings {
  readonly networkName: Input<string>;
  readonly volumeName: Input<string>;
  /** The volume with the secrets and the plugin. */
  readonly handedVolumeName: Input<string>;
  readonly pluginVersion: string;
  readonly labels: readonly { readonly label: string; readonly value: string }[];
}

/** Inputs of the container resource, spelled as the engine reports them so that no change is no diff. */
export function containerArgs(name: string, args: DockerArgs, around: Surroundings): docker.ContainerArgs {
  const uid = args.uid ?? IMAGE_UID;
  const gateway = args.modelGateway;
  return {
    name,
    image: args.image,
    ...(args.isRehearsal && REHEARSAL_COMMAND),
    // OpenClaw's lease on its data names host and process: with another host name in every container, one that was
    // killed would keep its successor out for five minutes.
    hostname: "assistant",
    labels: [
      ...around.labels,
      { label: STARTED_WITH_LABEL, value: args.startedWith },
      { label: PLUGIN_LABEL, value: around.pluginVersion },
      { label: LIMITS_LABEL, value: limitsText(args.memoryMib, args.cpus) },
      ...(gateway ? [{ label: MODEL_GATEWAY_LABEL, value: gatewayText(gateway) }] : []),
    ],
    envs: [
      ...environment(args.memoryMib),
      ...(args.codeCache ? CODE_CACHE_ENVIRONMENT : []),
      ...(gateway ? [`NODE_EXTRA_CA_CERTS=${GATEWAY_CA_PATH}`] : []),
    ],
    ...(gateway && {
      hosts: [gateway.host, ...(gateway.others ?? [])].map((host) => ({
        host,
        ip: bridgeAddress(args.subnet),
      })),
    }),
    networkMode: "bridge",
    networksAdvanced: [{ name: around.networkName }],
    ports: [{ internal: ASSISTANT_PORT, external: args.hostPort, ip: "127.0.0.1", protocol: "tcp" }],
    volumes: [
      { volumeName: around.volumeName, containerPath: STATE_PATH },
      { volumeName: around.handedVolumeName, containerPath: HANDED_PATH, readOnly: true },
      ...(args.codeCache
        ? [{ volumeName: args.codeCache, containerPath: CODE_CACHE_PATH, readOnly: true }]
        : []),
    ],
    memory: args.memoryMib,
    memorySwap: args.memoryMib,
    cpus: String(args.cpus),
    user: userText(uid),
    readOnly: true,
    tmpfs: temporary(uid),
    capabilities: { drops: ["ALL"] },
    securityOpts: ["no-new-privileges", ...(args.isFiltered ? [seccompOption()] : [])],
    // No memory is written to a disk when a program crashes: secrets are in it.
    ulimits: [
      { name: "core", soft: 0, hard: 0 },
      { name: "nofile", soft: OPEN_FILES, hard: OPEN_FILES },
    ],
    init: true,
    ...(args.runtime && { runtime: args.runtime }),
    restart: RESTART_POLICY,
    mustRun: true,
    stopTimeout: STOP_TIMEOUT_SECONDS,
    destroyGraceSeconds: STOP_TIMEOUT_SECONDS,
    logDriver: "json-file",
    logOpts: { "max-size": "10m", "max-file": "3" },
  };
}
