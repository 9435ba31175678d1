// A real Berth as a process of its own: a test can kill it, and go on with another one in the same data folder.
import { type ChildProcess, spawn } from "node:child_process";
import { readdir, readFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { API_KEY, type Called, calledAt, testEnvironment } from "./berth.ts";

const MAIN = new URL("../../api/main.ts", import.meta.url).pathname;
const FIRST_PORT = 18_440;
const START_MS = 120_000;

export interface SpawnedBerth extends Called {
  readonly server: ChildProcess;
  /** Waits until that resource is worked on in the deployment's operation. */
  untilWorkingOn(id: string, resource: string): Promise<void>;
  /** SIGKILL of the server, or of everything that works on its data folder. */
  kill(whom: "server" | "everything"): Promise<void>;
}

/** `slice` as of startTestBerth. @throws Error when it does not listen in two minutes */
export async function spawnBerth(
  slice: number,
  folder: string,
  settings: Readonly<Record<string, string>>,
): Promise<SpawnedBerth> {
  const port = String(FIRST_PORT + slice);
  const url = `http://127.0.0.1:${port}`;
  const env = testEnvironment(slice, folder, { ...settings, PORT: port });
  const server = spawn(process.execPath, [MAIN], { env, stdio: "ignore" });
  const kill = (whom: "server" | "everything") => killAll(server, whom === "everything" ? folder : undefined);
  try {
    await untilListening(url);
  } catch (error) {
    await kill("everything");
    throw error;
  }
  return {
    server,
    ...calledAt(url),
    untilWorkingOn: (id, resource) => untilLogSays(url, id, resource),
    kill,
  };
}

async function untilListening(url: string): Promise<void> {
  for (const deadline = Date.now() + START_MS; Date.now() < deadline; await sleep(100)) {
    if (await fetch(url).catch(() => undefined)) return;
  }
  throw new Error("Berth did not start.");
}

async function untilLogSays(url: string, id: string, resource: string): Promise<void> {
  const headers = { "X-API-Key": API_KEY };
  const response = await fetch(`${url}/api/v1/assistants/${id}/events`, { headers });
  let text = "";
  for await (const piece of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
    text += piece;
    if (text.includes(`"resource":"${resource}"`)) return;
  }
  throw new Error(`The log never said ${resource}: ${text}`);
}

async function killAll(server: ChildProcess, folder: string | undefined): Promise<void> {
  const pids = folder ? await processesOf(folder) : [];
  const isRunning = server.exitCode === null && server.signalCode === null;
  const ended = isRunning ? new Promise((resolve) => server.once("exit", resolve)) : undefined;
  for (const pid of [...(isRunning && server.pid ? [server.pid] : []), ...pids]) {
    try {
      process.kill(pid, "SIGKILL");
    } catch {
      // It has ended.
    }
  }
  await ended;
}

async function processesOf(folder: string): Promise<number[]> {
  const pids = (await readdir("/proc")).map(Number).filter((pid) => pid > 0 && pid !== process.pid);
  const found = await Promise.all(
    pids.map(async (pid) =>
      (await readFile(`/proc/${pid}/environ`, "utf8").catch(() => "")).includes(folder) ? [pid] : [],
    ),
  );
  return found.flat();
}
