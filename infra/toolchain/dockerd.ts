// Starts Docker's daemon: by systemd where that runs, else in the background, where it outlives this process.
import { spawn } from "node:child_process";
import { open, readFile, writeFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { exists } from "./cache.ts";
import { SetupError } from "./progress.ts";
import { run } from "./run.ts";

const START_TIMEOUT_MS = 60_000;
const LOOK_EVERY_MS = 200;
const STARTING = "Starting dockerd";

/**
 * Resolves to the daemon's version once `askVersion` gives one. Log and process id are in `<files>.log` and `.pid`.
 * @throws SetupError with the log's last lines.
 */
export async function startDockerd(
  files: string,
  environment: NodeJS.ProcessEnv,
  askVersion: () => Promise<string | Error>,
): Promise<string> {
  const log = `${files}.log`;
  const hasSystemd = await exists("/run/systemd/system");
  const daemon = hasSystemd ? await startBySystemd(environment) : await startInBackground(files, environment);
  for (
    const deadline = performance.now() + START_TIMEOUT_MS;
    performance.now() < deadline;
    await sleep(LOOK_EVERY_MS)
  ) {
    const answer = await askVersion();
    if (typeof answer === "string") return answer;
    const end = daemon.howItEnded();
    if (end) throw new SetupError(STARTING, `${end}\n${await lastLines(log)}`, `Its whole log is ${log}.`);
  }
  const advice = hasSystemd ? "See: journalctl -u docker" : `Its log is ${log}.`;
  throw new SetupError(STARTING, `it did not answer within ${START_TIMEOUT_MS / 1000} s.`, advice);
}

interface Daemon {
  /** Undefined while it runs. */
  howItEnded(): string | undefined;
}

async function startBySystemd(environment: NodeJS.ProcessEnv): Promise<Daemon> {
  await run("systemctl", ["start", "docker"], { environment }).catch((error: Error) => {
    throw new SetupError(STARTING, error.message, "See: journalctl -u docker");
  });
  return { howItEnded: () => undefined };
}

async function startInBackground(files: string, environment: NodeJS.ProcessEnv): Promise<Daemon> {
  const log = await open(`${files}.log`, "w");
  const stdio: ["ignore", number, number] = ["ignore", log.fd, log.fd];
  const child = spawn("dockerd", [], { detached: true, stdio, env: environment });
  let end: string | undefined;
  child.once("error", (error) => {
    end = error.message;
  });
  child.once("exit", (code, signal) => {
    end = `dockerd ended with ${code ?? signal}`;
  });
  child.unref();
  await log.close();
  if (child.pid) await writeFile(`${files}.pid`, String(child.pid));
  return { howItEnded: () => end };
}

async function lastLines(file: string): Promise<string> {
  const text = await readFile(file, "utf8").catch(() => "");
  return text
    .trimEnd()
    .split("\n")
    .slice(-8)
    .map((line) => `    ${line}`)
    .join("\n");
}
