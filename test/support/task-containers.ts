// The containers of an assistant's task on AWS, run by Docker as the task definition spells them. What is Fargate's own (EFS,
// the secrets' delivery, the order of the containers) is played.
import { execFileSync } from "node:child_process";
import { mergeSettings } from "../../infra/assistant/merge-settings.mjs";
import {
  type Assistant,
  openclawSettings,
  SECRETS_IN_ENVIRONMENT,
  secretsEnvironment,
} from "../../infra/assistant/openclaw.ts";
import type { EcsArgs } from "../../infra/aws/args.ts";
import { containerDefinitions } from "../../infra/aws/task-definition.ts";
import { FOUNDATION } from "./foundation.ts";

interface TaskContainer {
  readonly name: string;
  readonly image: string;
  readonly user: string;
  readonly readonlyRootFilesystem: boolean;
  readonly entryPoint?: readonly string[];
  readonly command?: readonly string[];
  readonly environment: readonly { readonly name: string; readonly value: string }[];
  readonly secrets: readonly { readonly name: string }[];
  readonly mountPoints: readonly { readonly containerPath: string }[];
  readonly linuxParameters: {
    readonly capabilities: { readonly drop: readonly string[] };
    readonly tmpfs: readonly {
      readonly containerPath: string;
      readonly mountOptions: readonly string[];
      readonly size: number;
    }[];
  };
  readonly healthCheck?: { readonly command: readonly string[] };
  readonly stopTimeout?: number;
}

interface Given {
  /** Of the volume, and of the container that is detached. */
  readonly name: string;
  readonly image: string;
  /** Of Docker's. */
  readonly network: string;
  readonly assistant: Assistant;
  readonly secrets: Parameters<typeof secretsEnvironment>[0];
}

export interface Task {
  /** What the settings have to hold in the end. */
  readonly owned: Readonly<Record<string, unknown>>;
  /** Writes the settings, and ends. */
  readonly settings: TaskContainer;
  readonly assistant: TaskContainer;
  /** Runs one of them; `how` as of `docker run`. Returns what it has printed. */
  run(container: TaskContainer, ...how: readonly string[]): string;
  /** Whether the assistant's own check of its health says so. */
  isHealthy(): boolean;
}

export function docker(...command: readonly string[]): string {
  return execFileSync("docker", command, { encoding: "utf8", stdio: "pipe" });
}

export function taskOf({ name, image, network, assistant, secrets }: Given): Task {
  const values = secretsEnvironment(secrets);
  const args: EcsArgs = {
    replicas: 1,
    image,
    settings: openclawSettings(assistant, SECRETS_IN_ENVIRONMENT),
    settingsRefused: undefined,
    foundation: FOUNDATION,
    secrets: { arn: "arn:aws:secretsmanager:x", version: "1", names: Object.keys(values) },
    operation: "",
    memoryMib: 2048,
    cpus: 1,
    startupTimeoutSeconds: 180,
  };
  const [writer, main] = JSON.parse(containerDefinitions(name, args)) as [TaskContainer, TaskContainer];
  return {
    owned: mergeSettings({}, args.settings),
    settings: writer,
    assistant: main,
    run(container, ...how) {
      const { entryPoint: [entry, ...first] = [], command = [] } = container;
      const entrypoint = entry ? ["--entrypoint", entry] : [];
      const flags = [...flagsOf(container, name, values), "--network", network, ...entrypoint];
      return docker("run", ...how, ...flags, container.image, ...first, ...command);
    },
    isHealthy() {
      const [, ...check] = main.healthCheck?.command ?? [];
      try {
        docker("exec", name, ...check);
        return true;
      } catch {
        return false;
      }
    },
  };
}

function flagsOf(
  container: TaskContainer,
  volume: string,
  values: Readonly<Record<string, string>>,
): readonly string[] {
  const { capabilities, tmpfs } = container.linuxParameters;
  return [
    ...["--init", "--user", container.user],
    ...(container.readonlyRootFilesystem ? ["--read-only"] : []),
    ...capabilities.drop.flatMap((capability) => ["--cap-drop", capability]),
    ...tmpfs.flatMap(({ containerPath, mountOptions, size }) => [
      "--tmpfs",
      `${containerPath}:${[...mountOptions, `size=${size}m`].join(",")}`,
    ]),
    ...container.mountPoints.flatMap(({ containerPath }) => ["--volume", `${volume}:${containerPath}`]),
    ...container.environment.flatMap(({ name, value }) => ["--env", `${name}=${value}`]),
    ...container.secrets.flatMap(({ name }) => ["--env", `${name}=${values[name]}`]),
  ];
}
