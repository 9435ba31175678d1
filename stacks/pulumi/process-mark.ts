// Finding what a dead process has left running. Everything that carries out operations has a mark in its environment,
// and hands it on to all that it starts: to the CLI, its plugins and their commands, in whatever process group.
import { readdir, readFile } from "node:fs/promises";

const VARIABLE = "BERTH_PROCESS";
const GIVE_UP_AFTER_MS = 10_000;

/** The mark as an entry of the environment. */
export function markIn(mark: string): Record<string, string> {
  return { [VARIABLE]: mark };
}

/**
 * Kills every process with that mark but this one, until none is left. Reads Linux's /proc: elsewhere nothing is found,
 * and what is left ends when it notices that its parent has gone.
 * @throws Error naming the processes that can't be killed.
 */
export async function endMarked(mark: string): Promise<void> {
  for (const deadline = performance.now() + GIVE_UP_AFTER_MS; ; ) {
    const pids = await marked(mark);
    if (pids.length === 0) return;
    if (performance.now() > deadline) throw new Error(`Processes ${pids.join(", ")} can't be killed.`);
    for (const pid of pids) kill(pid);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

async function marked(mark: string): Promise<number[]> {
  const entry = `${VARIABLE}=${mark}`;
  const pids = (await readdir("/proc").catch(() => []))
    .map(Number)
    .filter((pid) => pid > 1 && pid !== process.pid);
  const found = await Promise.all(
    // Another user's process, and one that has ended, can't be read; a zombie's environment is empty.
    pids.map(async (pid) => {
      const environment = await readFile(`/proc/${pid}/environ`, "utf8").catch(() => "");
      return environment.split("\0").includes(entry) ? [pid] : [];
    }),
  );
  return found.flat();
}

function kill(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // It has ended meanwhile.
  }
}

/**
 * Whether that process is a pulumi that may be writing: a pid that is used again by another program is none, nor is one
 * that has ended and is not yet reaped.
 */
export async function runsPulumi(pid: number): Promise<boolean> {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ESRCH") return false;
  }
  const stat = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => `${pid} (pulumi) R`);
  const [, command = "", state = ""] = /\((.*)\) (\S)/.exec(stat) ?? [];
  return command.startsWith("pulumi") && !"ZX".includes(state);
}
