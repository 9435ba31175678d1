// The containers of an assistant's task on AWS, run by Docker as the task definition spells them, with real OpenClaw. What
// is Fargate's own (EFS, the secrets' delivery, the order of the containers) is played here.
import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, it } from "vitest";
import { mergeSettings } from "../../infra/assistant/merge-settings.ts";
import {
  DEFAULT_ASSISTANT_IMAGE,
  openclawSettings,
  SECRETS_IN_ENVIRONMENT,
  secretsEnvironment,
} from "../../infra/assistant/openclaw.ts";
import type { EcsArgs } from "../../infra/aws/args.ts";
import { containerDefinitions } from "../../infra/aws/task-definition.ts";
import { FOUNDATION } from "../support/foundation.ts";

const NAME = `berth-test-${randomBytes(4).toString("hex")}`;
const START_TIMEOUT_MS = 400_000;
/** With its two stops, each of which may take the whole grace. */
const LIFE_MS = 600_000;
const VALUES = secretsEnvironment({
  modelProvider: "anthropic",
  modelApiKey: "sk-ant-test-canary-0123456789",
  gatewayToken: randomBytes(32).toString("hex"),
  telegramBotToken: "123456789:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw",
});

interface Container {
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

const args: EcsArgs = {
  replicas: 1,
  image: DEFAULT_ASSISTANT_IMAGE,
  settings: openclawSettings(
    { modelProvider: "anthropic", modelId: "claude-sonnet-4-5", allowFrom: [] },
    SECRETS_IN_ENVIRONMENT,
  ),
  settingsRefused: undefined,
  foundation: FOUNDATION,
  secrets: { arn: "arn:aws:secretsmanager:x", version: "1", names: Object.keys(VALUES) },
  operation: "",
  memoryMib: 2048,
  cpus: 1,
  startupTimeoutSeconds: 180,
};
const OWNED = mergeSettings({}, args.settings);
const [settings, assistant] = JSON.parse(containerDefinitions(NAME, args)) as [Container, Container];

const docker = (...command: string[]) => execFileSync("docker", command, { encoding: "utf8", stdio: "pipe" });

beforeAll(() => void docker("volume", "create", NAME));
afterAll(() => {
  docker("rm", "-f", NAME);
  docker("volume", "rm", NAME);
});

/** Runs a container of the task; detached, it is named. */
function run(container: Container, ...how: string[]): string {
  const { entryPoint: [entry, ...first] = [], command = [], linuxParameters: linux } = container;
  const flags = [
    ...["--init", "--network", "none", "--user", container.user],
    ...(container.readonlyRootFilesystem ? ["--read-only"] : []),
    ...linux.capabilities.drop.flatMap((name) => ["--cap-drop", name]),
    ...linux.tmpfs.flatMap(({ containerPath, mountOptions, size }) => [
      "--tmpfs",
      `${containerPath}:${[...mountOptions, `size=${size}m`].join(",")}`,
    ]),
    ...container.mountPoints.flatMap(({ containerPath }) => ["--volume", `${NAME}:${containerPath}`]),
    ...container.environment.flatMap(({ name, value }) => ["--env", `${name}=${value}`]),
    ...container.secrets.flatMap(({ name }) => ["--env", `${name}=${VALUES[name]}`]),
    ...(entry ? ["--entrypoint", entry] : []),
  ];
  return docker("run", ...how, ...flags, container.image, ...first, ...command);
}

it("write the settings, start OpenClaw hardened, and are healthy when it says so", {
  timeout: LIFE_MS,
}, async () => {
  run(settings, "--rm");
  run(assistant, "--detach", "--name", NAME, "--memory", "2048m");
  const [, ...check] = assistant.healthCheck?.command ?? [];
  const isHealthy = () => {
    try {
      docker("exec", NAME, ...check);
      return true;
    } catch {
      return false;
    }
  };
  expect(isHealthy()).toBe(false);
  const deadline = Date.now() + START_TIMEOUT_MS;
  while (!isHealthy()) {
    const log = () => docker("logs", "--tail", "20", NAME);
    if (Date.now() > deadline) throw new Error(`not healthy in time: ${log()}`);
    await sleep(1_000);
  }
  const file = "/home/node/.openclaw/openclaw.json";
  expect(JSON.parse(docker("exec", NAME, "cat", file))).toMatchObject(OWNED);
  // A second start finds what OpenClaw and the customer have written, and leaves it.
  // Without a network it may wait for Telegram until it is killed; by then it has heard the signal and ended its work.
  docker("stop", "--time", `${assistant.stopTimeout}`, NAME);
  const log = execFileSync("sh", ["-c", `docker logs ${NAME} 2>&1`], { encoding: "utf8" });
  expect(log).toMatch(/received SIGTERM[\s\S]*active-work drain settled/);
  run(settings, "--rm");
  docker("start", NAME);
  expect(JSON.parse(docker("exec", NAME, "cat", file))).toMatchObject(OWNED);
  docker("stop", "--time", "0", NAME);

  // JSON5 is read by the image's own package; once refused, the last settings that were accepted take its place.
  const script = `cd $(dirname ${file}); printf '// mine\\n{flux: 1,}' > openclaw.json; echo '{"kept": 1}' > openclaw.json.last-good`;
  run({ ...settings, entryPoint: ["sh", "-c", script], command: [] }, "--rm");
  run(settings, "--rm");
  const read = { ...settings, entryPoint: ["cat", file], command: [] };
  expect(JSON.parse(run(read, "--rm")), "json5 is in the image").toMatchObject({ flux: 1, ...OWNED });
  run({ ...settings, command: [...(settings.command ?? []), "operation"] }, "--rm");
  expect(JSON.parse(run(read, "--rm"))).toEqual({ kept: 1, ...OWNED });
});
