// moto's server, which answers as AWS's APIs do: on loopback, with no account, gone afterwards.
import { type ChildProcess, spawn } from "node:child_process";
import { join } from "node:path";
import { aptInstall, hasApt } from "../../infra/toolchain/apt.ts";
import { cached, cacheFolder } from "../../infra/toolchain/cache.ts";
import { stepWithAdvice } from "../../infra/toolchain/progress.ts";
import { run } from "../../infra/toolchain/run.ts";
import { freePort } from "./free-port.ts";

const VERSION = "5.2.5";
const START_TIMEOUT_MS = 180_000;
/** What the SDK needs to talk to a server that knows no credentials. */
const CREDENTIALS = { AWS_ACCESS_KEY_ID: "testing", AWS_SECRET_ACCESS_KEY: "testing" };

export interface Moto {
  readonly url: string;
  /** What makes every AWS client of a process talk to this server. */
  readonly environment: Record<string, string>;
  stop(): Promise<void>;
}

/** Starts the server, and points the AWS clients of this process at it. */
export async function startMoto(): Promise<Moto> {
  const python = await ensureMoto();
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const server = spawn(python, ["-m", "moto.server", "-H", "127.0.0.1", "-p", String(port)], {
    env: { PATH: process.env.PATH ?? "" },
    stdio: "ignore",
  });
  // A test that is ended doesn't leave it behind.
  const kill = () => server.kill("SIGKILL");
  process.once("exit", kill);
  const environment = { ...CREDENTIALS, AWS_ENDPOINT_URL: url, AWS_REGION: "eu-central-1" };
  const before = { ...process.env };
  Object.assign(process.env, environment);
  await untilItAnswers(url, server);
  return {
    url,
    environment,
    async stop() {
      for (const name of Object.keys(environment)) delete process.env[name];
      Object.assign(process.env, before);
      process.off("exit", kill);
      const ended = new Promise((resolve) => server.once("exit", resolve));
      if (server.kill("SIGTERM")) await ended;
    },
  };
}

/** Path of a Python that has moto. */
async function ensureMoto(): Promise<string> {
  const cache = await cacheFolder(process.env);
  const folder = await cached(cache, `moto-${VERSION}`, (unfinished) =>
    stepWithAdvice("Getting moto for the tests of AWS", "Install python3 with its venv module.", async () => {
      const makeVenv = () => run("python3", ["-m", "venv", unfinished]);
      await makeVenv().catch(async (error: unknown) => {
        if (!(await hasApt())) throw error;
        await aptInstall("Installing Python for moto", ["python3", "python3-venv"], process.env);
        await makeVenv();
      });
      await run(join(unfinished, "bin/python"), ["-m", "pip", "install", "-q", `moto[server]==${VERSION}`]);
    }),
  );
  return join(folder, "bin/python");
}

async function untilItAnswers(url: string, server: ChildProcess): Promise<void> {
  for (const deadline = Date.now() + START_TIMEOUT_MS; ; ) {
    const answers = await fetch(`${url}/moto-api/`).then(
      ({ ok }) => ok,
      () => false,
    );
    if (answers) return;
    if (server.exitCode !== null || Date.now() > deadline) throw new Error("moto's server did not start.");
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
