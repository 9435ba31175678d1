// The deadline and the kill ladder, on real processes: a pulumi that takes its time, and one that heeds no signal.
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, it, type TestContext } from "vitest";
import { OperationProcess, type RunOptions } from "../../../stacks/worker/operation-process.ts";
import { orphansOf } from "../../support/faults/processes.ts";

/** The first in which this machine gets as far as pulumi. */
const DEADLINES_MS = [8_000, 30_000, 100_000];

/** Runs a step whose `pulumi` is that script, with a deadline that comes while that runs. */
async function runTooLong(test: TestContext, script: string) {
  for (const deadlineMs of DEADLINES_MS) {
    const { hasStarted, ...outcome } = await run(test, script, () => ({ deadlineMs }));
    if (hasStarted) return outcome;
  }
  throw new Error("pulumi was never running by the deadline.");
}

/** @param options are given what resolves once the script runs */
async function run(
  { onTestFinished }: TestContext,
  script: string,
  options: (started: Promise<void>) => Partial<RunOptions>,
) {
  const folder = mkdtempSync(join(tmpdir(), "berth-ladder-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const pulumiPath = join(folder, "pulumi");
  writeFileSync(pulumiPath, `#!/bin/sh\ntouch ${folder}/started\n${script}\n`, { mode: 0o755 });
  const child = new OperationProcess(["docker"], {
    PATH: process.env.PATH ?? "",
    PULUMI_BACKEND_URL: `file://${folder}`,
  });
  const location = {
    stackName: "ladder",
    workDir: join(folder, "work"),
    pulumiPath,
    pulumiVersion: "3.0.0",
    stateFolder: undefined,
  };
  const hasStarted = () => existsSync(join(folder, "started"));
  const ended = await child.run(
    {
      location,
      unfinishedBefore: undefined,
      stackExists: false,
      place: { target: "docker", region: null },
      dataVolume: null,
      name: "up",
      config: {},
      refresh: false,
      had: { wasWritten: false, wasReported: false },
      onDataGone: "leave",
      remove: { which: "strangers", own: null },
    },
    {
      deadlineMs: 60_000,
      cancelGraceMs: 1_000,
      stop: new Promise(() => {}),
      onEvent: () => {},
      onRemark: async () => {},
      onStackExists: async () => {},
      onWritten: async () => {},
      ...options(until(hasStarted)),
    },
  );
  return { hasStarted: hasStarted(), ended, left: await orphansOf(folder, []) };
}

async function until(isSo: () => boolean): Promise<void> {
  for (const deadline = Date.now() + 100_000; !isSo() && Date.now() < deadline; ) await sleep(20);
}

it.concurrent("what takes too long is asked to end, and nothing of it is left", async (test) => {
  const { ended, left } = await runTooLong(test, "exec sleep 600");
  expect(ended).toMatchObject({ state: "failed", cause: { code: "DEADLINE_EXCEEDED" } });
  expect(left).toEqual([]);
});

it.concurrent("what heeds no signal is killed, with what it has started in a process group of its own", async (test) => {
  const script = "trap '' INT TERM\nsetsid sleep 600 &\nsleep 600\nsleep 600";
  const { ended, left } = await runTooLong(test, script);
  expect(ended).toMatchObject({ state: "failed", cause: { code: "DEADLINE_EXCEEDED" } });
  expect(left).toEqual([]);
});

it.concurrent("what can't be recorded of a step makes it interrupted, and ends nothing else", async (test) => {
  const onStackExists = async () => {
    throw new Error("the database is away");
  };
  const { ended, left } = await run(test, "exit 0", () => ({ onStackExists }));
  expect(ended).toMatchObject({ state: "interrupted", why: expect.stringContaining("the database is away") });
  expect(left).toEqual([]);
});

it.concurrent("what is another worker's by now is ended at once", async (test) => {
  const { hasStarted, ended, left } = await run(
    test,
    "trap '' INT TERM\nsleep 600\nsleep 600",
    (started) => ({
      stop: started.then(() => "kill"),
      deadlineMs: 120_000,
      cancelGraceMs: 120_000,
    }),
  );
  expect(hasStarted, "pulumi was running").toBe(true);
  expect(ended).toMatchObject({ state: "interrupted", why: expect.any(String) });
  expect(left).toEqual([]);
});

it.concurrent("one that is killed while it waits for a step leaves none of the plugins that it keeps", async (test) => {
  const folder = mkdtempSync(join(tmpdir(), "berth-waiting-"));
  test.onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const plugin = join(folder, "plugin");
  writeFileSync(plugin, `#!/bin/sh\necho 1\ntouch ${folder}/started\nexec sleep 60\n`, { mode: 0o755 });
  const environment = { PATH: process.env.PATH ?? "", PULUMI_BACKEND_URL: `file://${folder}` };
  new OperationProcess(["docker", `kubernetes=${plugin}`], environment);
  await until(() => existsSync(join(folder, "started")));
  const [waiting = ""] = (await orphansOf(folder, [])).filter((one) => one.includes("run-operation.ts"));
  process.kill(Number.parseInt(waiting, 10), "SIGKILL");
  await test.expect.poll(() => orphansOf(folder, []), { timeout: 30_000 }).toEqual([]);
});
