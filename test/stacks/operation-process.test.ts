// The deadline and the kill ladder, on real processes: a pulumi that takes its time, and one that heeds no signal.
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, type TestContext } from "vitest";
import { OperationProcess, type RunOptions } from "../../stacks/operation-process.ts";
import { orphansOf } from "../support/faults/processes.ts";

/** Runs a job whose `pulumi` is that script. */
async function run({ onTestFinished }: TestContext, script: string, options: Partial<RunOptions>) {
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
  const ended = await child.run(
    {
      location,
      remains: undefined,
      stackExists: false,
      foundation: undefined,
      ownContainer: null,
      work: { up: {}, refresh: false, remove: "others" },
    },
    {
      deadlineMs: 60_000,
      cancelGraceMs: 1_000,
      stop: new Promise(() => {}),
      onEvent: () => {},
      onStackExists: async () => {},
      onWritten: async () => {},
      ...options,
    },
  );
  expect(existsSync(join(folder, "started")), "pulumi was running").toBe(true);
  return { ended, left: await orphansOf(folder, []) };
}

it.concurrent("what takes too long is asked to end, and nothing of it is left", async (test) => {
  const { ended, left } = await run(test, "exec sleep 600", { deadlineMs: 8_000 });
  expect(ended).toMatchObject({ failed: { code: "DEADLINE_EXCEEDED" } });
  expect(left).toEqual([]);
});

it.concurrent("what heeds no signal is killed, with what it has started in a process group of its own", async (test) => {
  const { ended, left } = await run(test, "trap '' INT TERM\nsetsid sleep 600 &\nsleep 600\nsleep 600", {
    deadlineMs: 8_000,
  });
  expect(ended).toMatchObject({ failed: { code: "DEADLINE_EXCEEDED" } });
  expect(left).toEqual([]);
});

it.concurrent("what is another worker's by now is ended at once", async (test) => {
  const { ended, left } = await run(test, "trap '' INT TERM\nsleep 600\nsleep 600", {
    stop: new Promise((resolve) => setTimeout(resolve, 8_000, "kill")),
    cancelGraceMs: 60_000,
  });
  expect(ended).toMatchObject({ interrupted: expect.any(String) });
  expect(left).toEqual([]);
});
