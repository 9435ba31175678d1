// In the system's folder instead of memory: only its room is another one.
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { folderInMemory } from "./temporary.ts";

/** Above the greatest that Linux has. */
const NO_PID = 2 ** 22 + 1;

let memory: string;
beforeAll(async () => {
  memory = await mkdtemp(join(tmpdir(), "berth-memory-"));
});
afterAll(() => rm(memory, { recursive: true, force: true }));

it("a run has a folder that every user can make files in", async () => {
  const folder = (await folderInMemory(memory, 1)) ?? "";
  expect(dirname(folder)).toBe(memory);
  expect(basename(folder)).toContain(`berth-tests-${process.pid}-`);
  expect((await stat(folder)).mode & 0o7777).toBe(0o1777);
});

it("what a run has left that was killed is removed, and that of one that runs is not", async () => {
  const left = join(memory, `berth-tests-${NO_PID}-left`);
  const others = join(memory, `berth-tests-${process.ppid}-runs`);
  const strangers = join(memory, "tests-1-strange");
  for (const folder of [left, others, strangers]) await mkdir(join(folder, "database"), { recursive: true });
  await folderInMemory(memory, 1);
  expect([left, others, strangers].map(existsSync)).toEqual([false, true, true]);
});

it("there is none where there is no room, or no such place", async () => {
  expect(await folderInMemory(memory, Number.MAX_SAFE_INTEGER)).toBeUndefined();
  expect(await folderInMemory(join(memory, "missing"), 1)).toBeUndefined();
});
