// The container engine: a reachable one is used untouched. Only where there is none, as root on Debian or Ubuntu,
// the package docker.io is installed and its dockerd started in the background.
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import Docker from "dockerode";
import { aptInstall, hasApt } from "./apt.ts";
import { exclusively } from "./cache.ts";
import { startDockerd } from "./dockerd.ts";
import { SetupError, step } from "./progress.ts";
import { run } from "./run.ts";
import { which, withSbin } from "./search-path.ts";

const ANSWER_TIMEOUT_MS = 10_000;
const ASK_AGAIN_MS = 3_000;
const FINDING = "Finding a container engine";

export interface DockerEngine {
  readonly version: string;
  readonly origin: "running" | "started";
}

/** The engine that answers; undefined where one can be started. @throws SetupError that says what to do. */
export async function findDocker(environment: NodeJS.ProcessEnv): Promise<DockerEngine | undefined> {
  const answer = await askVersion(environment.DOCKER_HOST);
  if (typeof answer === "string") return { version: answer, origin: "running" };
  if (environment.DOCKER_HOST) {
    const why = `no engine answers at DOCKER_HOST=${environment.DOCKER_HOST} (${answer.message}).`;
    throw new SetupError(FINDING, why, "Start that engine, or unset DOCKER_HOST, and run this again.");
  }
  if ((answer as NodeJS.ErrnoException).code === "EACCES") {
    const advice =
      "Add yourself to its group (sudo usermod -aG docker $USER), log in again, and run this again.";
    throw new SetupError(FINDING, `this user may not use Docker's socket (${answer.message}).`, advice);
  }
  await refuseOtherContext(environment);
  if (await hasApt()) return undefined;
  const advice = "Install Docker (https://docs.docker.com/engine/install/), start it, and run this again.";
  throw new SetupError(FINDING, `no Docker engine answers here (${answer.message}).`, advice);
}

/** Resolves once an engine answers, asking every few seconds. Keeps no process alive. */
export async function untilDockerAnswers({ DOCKER_HOST }: NodeJS.ProcessEnv): Promise<void> {
  while (typeof (await askVersion(DOCKER_HOST)) !== "string")
    await sleep(ASK_AGAIN_MS, undefined, { ref: false });
}

/** Why there is no engine, and the ways out, in three lines. */
export function noEngine({ message }: Error): string {
  const lines = message.split("\n").map((line) => line.trim());
  const why = [lines[0], lines.find((line) => /failed to start daemon|permission denied/i.test(line))];
  return `Berth has no Docker engine: ${[...new Set(why)].filter(Boolean).join(" ")}
  Ways out: start Docker here; or set DOCKER_HOST to an engine's socket; or give this user its socket (group docker); or run this container with the socket mounted, or privileged.
  Berth starts all the same: operations wait for it or fail with ENGINE_UNAVAILABLE, /readyz says what is missing, and all works as soon as an engine answers.`;
}

/** Installs Docker if it is missing, and starts it. @throws SetupError */
export async function startDocker(cache: string, environment: NodeJS.ProcessEnv): Promise<DockerEngine> {
  return exclusively(cache, "docker-engine", async () => {
    const already = await askVersion(undefined);
    if (typeof already === "string") return { version: already, origin: "running" };
    const asRoot = withSbin(environment);
    if (!(await which("dockerd", asRoot))) {
      // Debian 13 has the command `docker` in a package of its own.
      const whereKnown = ["docker-cli"];
      await aptInstall("Installing Docker (docker.io)", ["docker.io", "iptables"], asRoot, { whereKnown });
    }
    const version = await step("Starting dockerd", () =>
      startDockerd(join(cache, "dockerd"), asRoot, () => askVersion(undefined)),
    );
    return { version, origin: "started" as const };
  });
}

/** The engine's version, or why it did not say. */
async function askVersion(dockerHost: string | undefined): Promise<string | Error> {
  const socketPath = /^unix:\/\/(.+)/.exec(dockerHost ?? "")?.[1];
  const docker = new Docker({ timeout: ANSWER_TIMEOUT_MS, ...(socketPath && { socketPath }) });
  return docker.version().then(
    ({ Version }) => Version,
    (error: Error) => error,
  );
}

/** Docker's command may use an engine that nothing but its context names, e.g. a rootless one. */
async function refuseOtherContext(environment: NodeJS.ProcessEnv): Promise<void> {
  if (!(await which("docker", environment))) return;
  const format = ["context", "inspect", "--format", "{{.Endpoints.docker.Host}}"];
  const host = (await run("docker", format, { environment }).catch(() => "")).trim();
  if (!host || typeof (await askVersion(host)) !== "string") return;
  const why = `Docker's current context is an engine at ${host}, which Berth can't find by itself.`;
  throw new SetupError(FINDING, why, `Run this again with DOCKER_HOST=${host}`);
}
