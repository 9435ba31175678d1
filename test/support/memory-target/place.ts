import type { Place } from "../../../infra/target.ts";

export interface MemoryPlace extends Place {
  /** Of the world. */
  readonly url: string;
}

/** By the names of the targets, the variable with the address of each one's world. */
export const WORLDS: ReadonlyMap<string, string> = new Map([
  ["memory", "MEMORY_WORLD"],
  ["elsewhere", "MEMORY_ELSEWHERE"],
]);
