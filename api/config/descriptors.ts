// How many files and connections this process may have open. Node raises that to what is allowed; connections stay below it.
import { readFileSync } from "node:fs";

/** Database, queue, operation processes and Docker. */
const OWN = 96;
/** One whose log is followed: the client's, and Docker's. */
const OF_A_CONNECTION = 2;
/** With none at all nobody could ask why. */
const FEWEST = 8;

/** The limit of this process; undefined where the system does not say. */
export function openFilesLimit(): number | undefined {
  try {
    const rows = readFileSync("/proc/self/limits", "utf8").split("\n");
    const [, soft = ""] =
      rows.map((row) => row.split(/\s{2,}/)).find(([name]) => name === "Max open files") ?? [];
    return Number(soft) || undefined;
  } catch {
    return undefined;
  }
}

/** How many connections there is room for, of those that are wanted. */
export function connectionsWithin(wanted: number, limit: number | undefined): number {
  if (limit === undefined) return wanted;
  return Math.min(wanted, Math.max(FEWEST, Math.floor((limit - OWN) / OF_A_CONNECTION)));
}
