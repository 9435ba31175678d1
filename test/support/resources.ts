// What processes and files take, as Linux tells it.
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";

const TICKS_A_SECOND = 100;

/** Ids of the processes that a process has started and that live. */
export function childrenOf(pid: number): number[] {
  const threads = readdirSync(`/proc/${pid}/task`);
  const lists = threads.map((thread) => readFileSync(`/proc/${pid}/task/${thread}/children`, "utf8"));
  return lists.flatMap((list) => list.split(" ").filter(Boolean).map(Number));
}

/** Resident memory, what it shares with others included. */
export function memoryBytes(pid: number): number {
  const line = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"));
  return Number(line?.[1]) * 1024;
}

/** Seconds of CPU that a process has used. */
export function cpuSeconds(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  const [user = 0, system = 0] = stat
    .slice(stat.lastIndexOf(")") + 2)
    .split(" ")
    .slice(11, 13)
    .map(Number);
  return (user + system) / TICKS_A_SECOND;
}

/** Bytes of everything in a folder whose path holds that text. */
export function bytesOf(folder: string, text: string): number {
  const paths = readdirSync(folder, { recursive: true, encoding: "utf8" });
  const meant = paths.filter((path) => path.includes(text)).map((path) => statSync(join(folder, path)));
  return meant.reduce((sum, { size }) => sum + size, 0);
}
