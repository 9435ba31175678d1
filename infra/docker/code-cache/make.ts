// Makes the cache of an image's compiled code: starts the image once as hardened as an assistant, but without network,
// bot and keys, and stops it in good order, which is when Node writes its cache.
import { Readable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import Docker from "dockerode";
import { pack } from "tar-stream";
import {
  environment,
  IMAGE_UID,
  STATE_PATH,
  STOP_TIMEOUT_SECONDS,
  temporary,
} from "../../assistant/image-contract.ts";
import { mergeSettings } from "../../assistant/merge-settings.mjs";
import { openclawSettings } from "../../assistant/openclaw.ts";
import { marked } from "../../assistant/own-words.ts";
import { LAST_LINES } from "../../target.ts";
import { unless, unlessGone } from "../client.ts";
import { runInside } from "../exec.ts";
import { helperOptions } from "../helper-options.ts";
import { lastLogLines } from "../last-words.ts";
import { MOST_PROCESSES } from "../limit-processes.ts";
import { runToEnd } from "../run-to-end.ts";
import { tarFile } from "../tar.ts";
import { userText } from "../user.ts";
import { hasCodeCache } from "./find.ts";
import {
  CODE_CACHE_ENVIRONMENT,
  CODE_CACHE_FOLDER,
  CODE_CACHE_LABEL,
  CODE_CACHE_PATH,
  codeCacheName,
} from "./names.ts";
import { removeCodeCache } from "./remove.ts";

const MIB = 1024 * 1024;
const USER = { uid: IMAGE_UID, gid: IMAGE_UID };
/** Assistants that start meanwhile go first. */
const CPU_SHARES = 64;
/** An image that has not started by then, on a host however busy, never will. */
const TIMEOUT_MS = 10 * 60_000;
const ASK_EVERY_MS = 2_000;
const ASK_TIMEOUT_MS = 30_000;
/** Some of the program is loaded only after it has said that it has started. */
const SETTLE_MS = 5_000;
/** Only of an image that runs this by Node is it known what starts it up. */
const LAUNCHER = "openclaw.mjs";
const HAS_STARTED = `fetch("http://127.0.0.1:18789/startupz")
  .then((answer) => answer.json())
  .then(({ status }) => process.exit(status === "started" ? 0 : 1), () => process.exit(1))`;

export interface WarmUp {
  readonly memoryMib: number;
  readonly runtime: string | undefined;
  readonly signal: AbortSignal;
}

/**
 * Makes the cache of an image unless it is there, being made, or not to be had of such an image.
 * @returns whether it was made
 * @throws Error when the image did not start, or not stop in good order; nothing is left of it then
 */
export async function makeCodeCache(image: string, warmUp: WarmUp): Promise<boolean> {
  const docker = new Docker();
  const found = await docker.getImage(image).inspect().catch(unlessGone);
  const command = [found?.Config.Entrypoint ?? [], found?.Config.Cmd ?? []].flat();
  if (!found || !command.includes(LAUNCHER) || (await hasCodeCache(docker, found.Id))) return false;
  const container = await create(docker, found.Id, warmUp).catch(unless(409));
  if (!container) return false;
  try {
    await fill(container);
    await container.start();
    await untilStarted(container, warmUp.signal);
    await sleep(SETTLE_MS, undefined, { signal: warmUp.signal });
    await container.stop({ t: STOP_TIMEOUT_SECONDS });
    const { State } = await container.inspect();
    if (State.ExitCode !== 0) throw new Error(`It ended with ${State.ExitCode} when it was stopped.`);
    await openToAll(found.Id);
  } catch (error) {
    await removeCodeCache(docker, container.id, found.Id);
    throw error;
  }
  await container.remove({ v: true });
  return true;
}

function create(docker: Docker, imageId: string, { memoryMib, runtime }: WarmUp): Promise<Docker.Container> {
  const name = codeCacheName(imageId);
  const labels = { [CODE_CACHE_LABEL]: imageId };
  return docker.createContainer({
    name,
    Image: imageId,
    Hostname: "assistant",
    Labels: labels,
    User: userText(IMAGE_UID),
    Env: [
      ...environment(memoryMib),
      ...CODE_CACHE_ENVIRONMENT,
      `OPENCLAW_GATEWAY_TOKEN=${crypto.randomUUID()}`,
    ],
    // Without a name: it goes with the container.
    Volumes: { [STATE_PATH]: {} },
    HostConfig: {
      // Made together with the container: a volume without one is never half made.
      Mounts: [
        {
          Type: "volume",
          Source: name,
          Target: CODE_CACHE_PATH,
          VolumeOptions: { NoCopy: true, Labels: labels, DriverConfig: { Name: "local", Options: {} } },
        },
      ] as Docker.MountSettings[],
      NetworkMode: "none",
      Memory: memoryMib * MIB,
      MemorySwap: memoryMib * MIB,
      CpuShares: CPU_SHARES,
      PidsLimit: MOST_PROCESSES,
      ReadonlyRootfs: true,
      Tmpfs: temporary(IMAGE_UID),
      CapDrop: ["ALL"],
      SecurityOpt: ["no-new-privileges"],
      Init: true,
      ...(runtime && { Runtime: runtime }),
    },
  });
}

/** With settings as an assistant's, so that the same parts are loaded, and a folder that it may write its cache into. */
async function fill(container: Docker.Container): Promise<void> {
  const assistant = { modelProvider: "anthropic", modelId: "claude-sonnet-4-5", allowFrom: [] } as const;
  const settings = JSON.stringify(mergeSettings({}, openclawSettings(assistant, undefined)));
  const file = await tarFile("openclaw.json", settings, { ...USER, mode: 0o600 });
  await container.putArchive(file, { path: STATE_PATH });
  const folder = pack();
  folder.entry({ name: CODE_CACHE_FOLDER, type: "directory", mode: 0o755, ...USER });
  folder.finalize();
  await container.putArchive(Readable.from(folder, { objectMode: false }), { path: CODE_CACHE_PATH });
}

/** Node writes its files for its own user alone; assistants are others. */
async function openToAll(imageId: string): Promise<void> {
  const options = helperOptions({
    deploymentId: "",
    image: imageId,
    kind: "settings",
    script: ['chmod -R a+rX "$0"', `${CODE_CACHE_PATH}/${CODE_CACHE_FOLDER}`],
    binds: [`${codeCacheName(imageId)}:${CODE_CACHE_PATH}:rw,nocopy`],
    capabilities: ["DAC_OVERRIDE", "FOWNER"],
    memoryBytes: 64 * MIB,
  });
  // By this label it is removed should Berth die meanwhile.
  const ended = await runToEnd({ ...options, Labels: { [CODE_CACHE_LABEL]: imageId } });
  if (ended !== 0) throw new Error(`Its files could not be opened to assistants: chmod ended with ${ended}.`);
}

async function untilStarted(container: Docker.Container, signal: AbortSignal): Promise<void> {
  const deadline = performance.now() + TIMEOUT_MS;
  while (performance.now() < deadline) {
    await sleep(ASK_EVERY_MS, undefined, { signal });
    const { State } = await container.inspect();
    if (!State.Running) {
      const lastLines = await lastLogLines(container);
      throw new Error(
        `It ended with ${State.ExitCode} instead of starting. ${LAST_LINES}\n${marked(lastLines)}`,
      );
    }
    const { exitCode } = await runInside(container.id, ["node", "-e", HAS_STARTED], ASK_TIMEOUT_MS);
    if (exitCode === 0) return;
  }
  throw new Error(`It did not start within ${TIMEOUT_MS / 1000} s.`);
}
