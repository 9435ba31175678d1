// Where a run of the tests leaves what is temporary: in memory, where there is room. On a disk each of the hundred databases
// that it makes, syncs and removes costs a good part of a second.
import { execFile } from "node:child_process";
import { chmod, mkdtemp, readdir, rm, statfs, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";

const MEMORY = "/dev/shm";
const ROOM_BYTES = 4 * 1024 ** 3;
const NAME = /^berth-tests-(\d+)-/;

/** Names where pictures are left for a person to look at: they outlive the run. */
export const PICTURES_VARIABLE = "BERTH_TEST_PICTURES";

/** A folder for this process's run; undefined where memory has no room, or runs no programs. */
export async function folderInMemory(memory = MEMORY, roomBytes = ROOM_BYTES): Promise<string | undefined> {
  await removeLeft(memory);
  const found = await statfs(memory).catch(() => undefined);
  if (!found || found.bavail * found.bsize < roomBytes) return undefined;
  const folder = await mkdtemp(join(memory, `berth-tests-${process.pid}-`));
  if (await runsPrograms(folder)) {
    // PostgreSQL has a user of its own.
    await chmod(folder, 0o1777);
    return folder;
  }
  await rm(folder, { recursive: true });
  return undefined;
}

/** Of a run that was killed. */
async function removeLeft(memory: string): Promise<void> {
  for (const name of await readdir(memory).catch(() => [])) {
    const pid = NAME.exec(name)?.[1];
    if (pid && !isRunning(Number(pid))) await rm(join(memory, name), { recursive: true, force: true });
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}

async function runsPrograms(folder: string): Promise<boolean> {
  const program = join(folder, "program");
  await writeFile(program, "#!/bin/sh\n", { mode: 0o700 });
  const hasRun = await promisify(execFile)(program).then(
    () => true,
    () => false,
  );
  await rm(program);
  return hasRun;
}
