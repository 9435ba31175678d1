// Which processes work on a Berth installation, found from outside: whoever has its folder in the environment.
import { readdir, readFile, readlink } from "node:fs/promises";
import { basename } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

/** Who is killed. `everything`: the server and all that works for it, as when the machine loses its power. */
export type Victim = "everything" | "server" | "operation process" | "pulumi" | "plugin";

interface Found {
  readonly pid: number;
  readonly parent: number;
  readonly command: string;
  readonly program: string;
}

const IS: Readonly<Record<Victim, (found: Found) => boolean>> = {
  everything: () => true,
  server: ({ command }) => command.includes("/api/main.ts"),
  "operation process": ({ command }) => command.includes("/stacks/pulumi/run-operation.ts"),
  // The wrapper of a test counts too: to Berth it is pulumi.
  pulumi: ({ program, command }) => program === "pulumi" || command.includes("/paused-pulumi.ts"),
  plugin: ({ program, command }) =>
    /^pulumi-resource-(docker|command)/.test(program) || /\/(docker|command)-plugin\.ts/.test(command),
};

/** Kills them (SIGKILL) and answers who they were; waits a moment for one that has not started yet. */
export async function kill(folder: string, victim: Victim, waitMs = 2_000): Promise<number[]> {
  for (const deadline = Date.now() + waitMs; ; await sleep(5)) {
    const found = await processesOf(folder);
    const pids = chosen(found, victim);
    pids.forEach(endAtOnce);
    if (pids.length > 0 || Date.now() > deadline) return pids;
  }
}

/** Processes of the installation that belong to none of its servers. */
export async function orphansOf(folder: string, servers: readonly number[]): Promise<string[]> {
  const found = await processesOf(folder);
  const tree = new Set(servers);
  // A child's id may be lower than its parent's once the ids have wrapped around: go on until nothing is added.
  for (let size = 0; size !== tree.size; ) {
    size = tree.size;
    for (const { pid, parent } of found) if (tree.has(parent)) tree.add(pid);
  }
  return found.filter(({ pid }) => !tree.has(pid)).map(({ pid, command }) => `${pid} ${command}`);
}

/** An idle spare is not the operation's process: that is the one pulumi or the wrapper was started by. */
function chosen(found: readonly Found[], victim: Victim): number[] {
  const all = found.filter(IS[victim]);
  if (victim !== "operation process") return all.map(({ pid }) => pid);
  const parents = new Set(found.filter(IS.pulumi).map(({ parent }) => parent));
  const busy = all.filter(({ pid }) => parents.has(pid));
  return busy.map(({ pid }) => pid);
}

async function processesOf(folder: string): Promise<Found[]> {
  const pids = (await readdir("/proc")).map(Number).filter((pid) => pid > 1 && pid !== process.pid);
  const found = await Promise.all(pids.map((pid) => look(pid, folder)));
  return found.flat();
}

async function look(pid: number, folder: string): Promise<Found[]> {
  try {
    // A zombie's environment is empty.
    if (!(await readFile(`/proc/${pid}/environ`, "utf8")).includes(folder)) return [];
    const command = (await readFile(`/proc/${pid}/cmdline`, "utf8")).replaceAll("\0", " ").trim();
    const stat = await readFile(`/proc/${pid}/stat`, "utf8");
    const parent = Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]);
    return [{ pid, parent, command, program: basename(await readlink(`/proc/${pid}/exe`)) }];
  } catch {
    return [];
  }
}

function endAtOnce(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // It has ended meanwhile.
  }
}
