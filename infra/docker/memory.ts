// How much memory the assistants' host has left, by its kernel.
import { readFile } from "node:fs/promises";
import type { Memory } from "../found.ts";
import { readHost } from "./host.ts";

const MEMORY = "/proc/meminfo";
const KIB = 1024;

/** Undefined where the engine runs on another machine than this, or the kernel does not tell. @throws Error of the engine */
export async function readMemory(): Promise<Memory | undefined> {
  const memory = memoryIn(await readFile(MEMORY, "utf8").catch(() => ""));
  return memory && memory.totalBytes === (await readHost()).memoryBytes ? memory : undefined;
}

/** What a text in the form of /proc/meminfo says. */
export function memoryIn(text: string): Memory | undefined {
  const bytes = (name: string) => {
    const found = new RegExp(`^${name}: +(\\d+) kB$`, "m").exec(text)?.[1];
    return found === undefined ? undefined : Number(found) * KIB;
  };
  const [totalBytes, freeBytes] = [bytes("MemTotal"), bytes("MemAvailable")];
  return totalBytes === undefined || freeBytes === undefined ? undefined : { totalBytes, freeBytes };
}
