// The contenders beside Berth: the plain script, in a process of its own, and `docker run` of the same container.
import { execFile, fork } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { npmProgram } from "../../infra/toolchain/setup.ts";

const SCRIPT = new URL("./plain-script.ts", import.meta.url).pathname;
const HOME = new URL("../..", import.meta.url).pathname;

/** Starts the plain script; once it has loaded, `go` makes it do its task and answers with what it measured. */
export async function plainScript<T>(task: "lives" | "activations", image: string, place: number, count = 1) {
  const folder = await mkdtemp(join(tmpdir(), "berth-plain-"));
  const args = [task, folder, image, String(place), String(count)];
  const env = { ...process.env, BERTH_HOME: HOME };
  const script = fork(SCRIPT, args, { execPath: npmProgram("node"), env });
  await once(script, "message");
  return {
    async go(): Promise<T> {
      try {
        const result = once(script, "message");
        const died = once(script, "exit").then(([code]) => {
          throw new Error(`The plain script ended with ${code}.`);
        });
        script.send("go");
        const [measured] = await Promise.race([result, died]);
        await died.catch(() => {});
        return measured as T;
      } finally {
        await rm(folder, { recursive: true, force: true });
      }
    },
  };
}

/** Milliseconds of `docker run -d` of the hardened container until it says that it has started. */
export async function dockerRun(image: string, place: number): Promise<number> {
  const docker = (...args: string[]) => promisify(execFile)("docker", args);
  const name = `berth-bench-${place}`;
  const port = 32_700 + place;
  await docker("network", "create", "--subnet", `10.215.${place}.0/28`, name);
  await docker("volume", "create", name);
  try {
    await sleep(2_000);
    const startedAt = performance.now();
    await docker("run", "-d", "--name", name, ...hardened(name, port), image);
    while (!(await hasStarted(port))) await sleep(5);
    return performance.now() - startedAt;
  } finally {
    await docker("rm", "-f", name).catch(() => {});
    await docker("network", "rm", name);
    await docker("volume", "rm", name);
  }
}

/** What infra/container.ts asks for, in the words of the docker command. */
function hardened(name: string, port: number): string[] {
  const limits = ["--memory=64m", "--memory-swap=64m", "--cpus=0.5", "--read-only", "--cap-drop=ALL"];
  const rest = ["--security-opt=no-new-privileges", "--init", "--user=1000:1000", "--restart=unless-stopped"];
  const room = ["--tmpfs=/tmp:mode=1777,size=256m", `--volume=${name}:/home/node/.openclaw`];
  return [...limits, ...rest, ...room, `--network=${name}`, `--publish=127.0.0.1:${port}:18789`];
}

async function hasStarted(port: number): Promise<boolean> {
  const answer = await fetch(`http://127.0.0.1:${port}/startupz`).catch(() => undefined);
  return answer?.ok ?? false;
}
