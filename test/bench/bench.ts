// `npm run bench`: every contender in one run, interleaved, medians and ratios. Tiny image, real engine, real CLI.
import { fork } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { printFailure } from "../../infra/toolchain/progress.ts";
import { npmProgram, setUp } from "../../infra/toolchain/setup.ts";
import {
  ACTIVATION,
  paidSlot,
  startTestBerth,
  type TestBerth,
  testEnvironment,
  waitForStatus,
} from "../support/berth.ts";
import { startPostgres } from "../support/postgres.ts";
import { ensureTinyImages } from "../support/tiny-image.ts";

const ROUNDS = 7;
/** Between two calls, for both: a customer's calls don't follow each other within a second. */
const PAUSE_MS = 2_000;
const HERE = new URL(".", import.meta.url).pathname;

try {
  const { searchPath } = await setUp({ environment: process.env });
  process.env.PATH = searchPath;
  const { healthy } = await ensureTinyImages();
  const berth = await startTestBerth(40, { BERTH_ASSISTANT_IMAGE: healthy, BERTH_CONCURRENCY: "1" });
  const times = { berth: [] as Times[], plain: [] as Times[] };
  for (let round = 0; round < ROUNDS; round++) {
    times.plain.push(await plainRound(healthy, berth, round));
    times.berth.push(await berthRound(berth));
  }
  await berth.close();
  report(times);
  console.log(`\nAPI process with PostgreSQL, after 200 reads: ${await apiMemoryMb(searchPath)} MB resident`);
} catch (error) {
  printFailure(error);
  process.exitCode = 1;
}

/** Milliseconds of each step of a life. */
type Times = Record<"activate" | "stop" | "redeploy" | "delete", number>;

async function berthRound(berth: TestBerth): Promise<Times> {
  const id = await paidSlot(berth);
  await prepared(berth, id);
  const timed = async (call: () => Promise<unknown>, status: string) => {
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    const startedAt = performance.now();
    await call();
    await waitForStatus(berth, id, status);
    return performance.now() - startedAt;
  };
  return {
    activate: await timed(() => berth.call("POST", `${id}/activate`, ACTIVATION), "active"),
    stop: await timed(() => berth.call("POST", `${id}/stop`), "stopped"),
    redeploy: await timed(() => berth.call("POST", `${id}/redeploy`, {}), "active"),
    delete: await timed(() => berth.call("DELETE", id), "deleted"),
  };
}

/** Between paying and activating a customer fills in a form: the slot is prepared by then. */
async function prepared(berth: TestBerth, id: string): Promise<void> {
  for (;;) {
    const { body } = await berth.call("GET", `${id}/status`);
    const operation = body.data?.operation as { finishedAt: string | null } | undefined;
    if (operation?.finishedAt) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** A plain Automation API script with the same program, in a process of its own. */
async function plainRound(image: string, berth: TestBerth, round: number): Promise<Times> {
  const folder = await mkdtemp(join(tmpdir(), "berth-plain-"));
  const script = fork(join(HERE, "plain-script.ts"), [folder, image, String(round)], {
    execPath: npmProgram("node"),
    env: {
      ...process.env,
      BERTH_HOME: new URL("../..", import.meta.url).pathname,
      ...berth.environment,
      PATH: process.env.PATH ?? "",
    },
  });
  try {
    return await new Promise<Times>((resolve, reject) => {
      script.once("message", (times: Times) => resolve(times));
      script.once("exit", (code) => reject(new Error(`The plain script ended with ${code}.`)));
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function report({ berth, plain }: { berth: Times[]; plain: Times[] }): void {
  console.log(
    `| p50 of ${ROUNDS} rounds | Berth (HTTP call → status) | plain Automation API script | ratio |`,
  );
  console.log("| --- | --- | --- | --- |");
  for (const step of ["activate", "stop", "redeploy", "delete"] as const) {
    const [ours, theirs] = [
      median(berth.map((times) => times[step])),
      median(plain.map((times) => times[step])),
    ];
    console.log(
      `| ${step} | ${ours.toFixed(0)} ms | ${theirs.toFixed(0)} ms | ${(ours / theirs).toFixed(2)} |`,
    );
  }
}

async function apiMemoryMb(searchPath: string): Promise<number> {
  const postgres = await startPostgres();
  const folder = await mkdtemp(join(tmpdir(), "berth-memory-"));
  const environment = testEnvironment(41, folder, {
    DATABASE_URL: postgres.url,
    BERTH_ROLE: "api",
    PORT: "18431",
    PATH: searchPath,
  });
  const server = fork(join(HERE, "../../api/main.ts"), {
    execPath: npmProgram("node"),
    env: environment,
    stdio: ["ignore", "ignore", "inherit", "ipc"],
  });
  try {
    const url = "http://127.0.0.1:18431/api/v1/assistants/";
    for (let reads = 0, tries = 0; reads < 200 && tries < 1_000; tries++) {
      const answer = await fetch(url, { headers: { "X-API-Key": environment.BERTH_API_KEY ?? "" } }).catch(
        () => undefined,
      );
      if (answer?.ok) reads++;
      else await new Promise((resolve) => setTimeout(resolve, 100));
    }
    const status = await readFile(`/proc/${server.pid}/status`, "utf8");
    return Math.round(Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) / 1024);
  } finally {
    const ended = new Promise((resolve) => server.once("exit", resolve));
    server.kill("SIGTERM");
    await ended;
    await postgres.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

function median(values: number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}
