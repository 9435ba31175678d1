// The containers of an assistant's task, as plain data. Every default of ECS is spelled out and every list is in order:
// what is left out comes back as a difference, and a difference is a needless restart.

import {
  ASSISTANT_PORT,
  namedEnvironment,
  STATE_PATH,
  STOP_TIMEOUT_SECONDS,
} from "../assistant/image-contract.ts";
import { SETTINGS_PROGRAM } from "../assistant/program-text.ts";
import type { EcsArgs } from "./args.ts";

export const STATE_VOLUME = "state";
/** Name of the container that is the assistant. */
export const ASSISTANT = "assistant";
/** Name of the container that writes its settings before it starts. */
export const SETTINGS_WRITER = "settings";
const USER = "1000:1000";
/** ECS counts failed checks only after this; more it doesn't take. */
const MAX_START_PERIOD_SECONDS = 300;
const IS_STARTED = `fetch("http://127.0.0.1:${ASSISTANT_PORT}/startupz", { redirect: "error" })
  .then((response) => response.json())
  .then(({ status }) => process.exit(status === "started" ? 0 : 1), () => process.exit(1))`;

/** The value of a task definition's `containerDefinitions`. */
export function containerDefinitions(deploymentId: string, args: EcsArgs): string {
  return JSON.stringify([settingsContainer(deploymentId, args), assistantContainer(deploymentId, args)]);
}

function settingsContainer(deploymentId: string, args: EcsArgs) {
  const file = `${STATE_PATH}/openclaw.json`;
  return {
    ...hardened(deploymentId, SETTINGS_WRITER, args),
    command: [file, JSON.stringify(args.settings), ...(args.settingsRefused ? [args.settingsRefused] : [])],
    entryPoint: ["node", "--input-type=module", "-e", SETTINGS_PROGRAM],
    environment: [],
    essential: false,
    linuxParameters: linuxParameters([]),
    secrets: [],
  };
}

function assistantContainer(deploymentId: string, args: EcsArgs) {
  return {
    ...hardened(deploymentId, ASSISTANT, args),
    dependsOn: [{ condition: "SUCCESS", containerName: SETTINGS_WRITER }],
    environment: namedEnvironment(args.memoryMib).sort(byName),
    essential: true,
    healthCheck: {
      command: ["CMD", "node", "-e", IS_STARTED],
      interval: 10,
      retries: 3,
      startPeriod: Math.min(args.startupTimeoutSeconds, MAX_START_PERIOD_SECONDS),
      timeout: 5,
    },
    linuxParameters: linuxParameters([
      tmpfs("/home/node/.cache", ["mode=0700", "uid=1000", "gid=1000"]),
      tmpfs("/tmp", ["mode=1777"]),
    ]),
    secrets: secrets(args),
    stopTimeout: STOP_TIMEOUT_SECONDS,
  };
}

/** What every container that has the state has in common. */
export function hardened(
  deploymentId: string,
  name: string,
  { image, foundation }: Pick<EcsArgs, "image" | "foundation">,
) {
  return {
    cpu: 0,
    image,
    logConfiguration: {
      logDriver: "awslogs" as const,
      options: {
        "awslogs-group": foundation.logGroupName,
        "awslogs-region": foundation.region,
        "awslogs-stream-prefix": deploymentId,
      },
      secretOptions: [],
    },
    mountPoints: [{ containerPath: STATE_PATH, readOnly: false, sourceVolume: STATE_VOLUME }],
    name,
    portMappings: [],
    readonlyRootFilesystem: true,
    systemControls: [],
    user: USER,
    volumesFrom: [],
  };
}

export function linuxParameters(mounts: readonly ReturnType<typeof tmpfs>[]) {
  return {
    capabilities: { add: [], drop: ["ALL"] },
    devices: [],
    initProcessEnabled: true,
    tmpfs: [...mounts],
  };
}

function tmpfs(containerPath: string, mode: readonly string[]) {
  return { containerPath, mountOptions: ["rw", "nosuid", "nodev", ...mode], size: 256 };
}

/** Pinned to a version: a task that ECS starts again gets the values that were asked for, not those that came later. */
function secrets({ secrets: reference }: EcsArgs) {
  if (!reference) return [];
  const { arn, version, names } = reference;
  return names.toSorted().map((name) => ({ name, valueFrom: `${arn}:${name}::${version}` }));
}

function byName(a: { readonly name: string }, b: { readonly name: string }): number {
  return a.name < b.name ? -1 : 1;
}
