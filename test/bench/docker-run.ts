// The container of an assistant without Berth: `docker run` with what infra/docker/container.ts asks for.
import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { environment, STATE_PATH, STOP_TIMEOUT_SECONDS } from "../../infra/assistant/image-contract.ts";
import {
  type Assistant,
  HANDED_PATH,
  openclawSettings,
  pluginSettings,
  secretsInFile,
  secretsText,
} from "../../infra/assistant/openclaw.ts";
import { CODE_CACHE_ENVIRONMENT, CODE_CACHE_PATH } from "../../infra/docker/code-cache/names.ts";
import { ACTIVATION } from "../support/berth.ts";
import { PAUSE_MS } from "./pace.ts";

const SETTINGS = fileURLToPath(new URL("../../infra/docker/commands/write-settings.ts", import.meta.url));
const ASK_EVERY_MS = 20;

export interface Bare {
  readonly image: string;
  readonly memoryMib: number;
  readonly cpus: number;
  /** What it is; the one of `ACTIVATION` if it is left out. */
  readonly assistant?: Assistant & { readonly telegramBotToken: string };
  /** CIDR and name of its bridge, if the kernel is to find it by that. */
  readonly network?: { readonly subnet: string; readonly bridge: string };
  /** Volume with the image's compiled code. */
  readonly codeCache?: string | undefined;
}

/**
 * Milliseconds of `docker run -d` until the assistant says that it has started, or what is waited for instead. Network,
 * volumes, secrets and settings are there before the clock starts, and gone afterwards.
 */
export async function dockerRun(
  place: number,
  bare: Bare,
  until: (port: number) => Promise<unknown> = untilStarted,
): Promise<number> {
  const name = `berth-bench-${place}`;
  const port = 32_700 + place;
  const folder = await mkdtemp(join(tmpdir(), "berth-bare-"));
  const secretsFile = join(folder, "secrets.json");
  const { subnet, bridge } = bare.network ?? { subnet: `10.215.${place}.0/28`, bridge: `bench-${place}` };
  const named = ["--opt", `com.docker.network.bridge.name=${bridge}`];
  await docker("network", "create", "--subnet", subnet, ...named, name);
  await docker("volume", "create", name);
  await docker("volume", "create", `${name}-handed`);
  try {
    const assistant = bare.assistant ?? { ...ACTIVATION, allowFrom: [] };
    const { modelApiKey } = ACTIVATION;
    const secrets = { ...assistant, modelApiKey, gatewayToken: crypto.randomUUID() };
    await writeFile(secretsFile, secretsText(secrets));
    await writeSettings(name, bare.image, secretsFile, assistant);
    await sleep(PAUSE_MS);
    const startedAt = performance.now();
    await docker("run", "-d", "--name", name, ...hardened(name, port, bare), bare.image);
    await until(port);
    return performance.now() - startedAt;
  } finally {
    await docker("rm", "-f", name).catch(() => {});
    await docker("network", "rm", name);
    await docker("volume", "rm", name, `${name}-handed`);
    await rm(folder, { recursive: true, force: true });
  }
}

/**
 * Waits until what is published on that port says that it has started. The port must not be one that the kernel gives to
 * connections: asking again and again, this would get it for itself.
 */
export async function untilStarted(port: number, over?: AbortSignal): Promise<void> {
  for (; ; await sleep(ASK_EVERY_MS, undefined, { ...(over && { signal: over }) })) {
    const answer = await fetch(`http://127.0.0.1:${port}/startupz`).catch(() => undefined);
    if (answer?.ok) return;
  }
}

function hardened(name: string, port: number, { memoryMib, cpus, codeCache }: Bare): string[] {
  const limits = [`--memory=${memoryMib}m`, `--memory-swap=${memoryMib}m`, `--cpus=${cpus}`];
  const rights = ["--read-only", "--cap-drop=ALL", "--security-opt=no-new-privileges", "--user=1000:1000"];
  const life = ["--init", "--restart=unless-stopped", `--stop-timeout=${STOP_TIMEOUT_SECONDS}`];
  const log = ["--log-driver=json-file", "--log-opt=max-size=10m", "--log-opt=max-file=3"];
  const temporary = ["/tmp:mode=1777,size=256m", "/home/node/.cache:mode=0700,uid=1000,gid=1000,size=256m"];
  const volumes = [
    `${name}:${STATE_PATH}`,
    `${name}-handed:${HANDED_PATH}:ro`,
    ...(codeCache ? [`${codeCache}:${CODE_CACHE_PATH}:ro`] : []),
  ];
  const variables = [...environment(memoryMib), ...(codeCache ? CODE_CACHE_ENVIRONMENT : [])];
  return [
    ...limits,
    ...rights,
    ...life,
    ...log,
    "--hostname=assistant",
    `--network=${name}`,
    `--publish=127.0.0.1:${port}:18789`,
    ...variables.map((variable) => `--env=${variable}`),
    ...temporary.map((one) => `--tmpfs=${one}`),
    ...volumes.map((one) => `--volume=${one}`),
  ];
}

/** By the product's own step. */
async function writeSettings(
  name: string,
  image: string,
  secretsFile: string,
  assistant: Assistant,
): Promise<void> {
  const refs = secretsInFile(`${HANDED_PATH}/0.json`);
  const settings = {
    ...openclawSettings(assistant, refs),
    ...pluginSettings(name),
  };
  const asked = {
    deploymentId: name,
    volume: name,
    handed: `${name}-handed`,
    image,
    settings,
    secretsFile,
    secretsFingerprint: "0",
    // Nothing runs yet.
    endpoint: "http://127.0.0.1:1",
  };
  const writing = promisify(execFile)(process.execPath, [SETTINGS]);
  writing.child.stdin?.end(JSON.stringify(asked));
  await writing;
}

function docker(...args: string[]) {
  return promisify(execFile)("docker", args);
}
