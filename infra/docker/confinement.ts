// What keeps an assistant apart here: its user, by what the engine does with users and which ids the host has given away, and
// whether its system calls can be filtered.
import { readFile } from "node:fs/promises";
import Docker from "dockerode";
import { freeUid, type IdRange, idsIn } from "./user.ts";

const TIMEOUT_MS = 5_000;
/** Each line: a name, whatever, and a user's or a group's id. */
const ACCOUNTS = ["/etc/passwd", "/etc/group"];
/** Each line: a name, the first id and how many. */
const SUBORDINATES = ["/etc/subuid", "/etc/subgid"];

export interface Confinement {
  /** Of the user and of the group. */
  readonly uid: number;
  /** Whether it has Berth's own filter of system calls. */
  readonly isFiltered: boolean;
}

/**
 * Where the engine maps users, the id is the port itself: such a container has 65,536 as a rule.
 * @throws Error of the engine
 */
export async function findConfinement(hostPort: number): Promise<Confinement> {
  const info: { SecurityOptions?: readonly string[] | null } = await new Docker({
    timeout: TIMEOUT_MS,
  }).info();
  const has = (what: RegExp) => info.SecurityOptions?.some((option) => what.test(option)) ?? false;
  const uid = has(/^name=(userns|rootless)\b/) ? hostPort : freeUid(hostPort, await readIds());
  return { uid, isFiltered: has(/^name=seccomp\b/) };
}

async function readIds(): Promise<IdRange[]> {
  return idsIn(await textOf(ACCOUNTS), await textOf(SUBORDINATES));
}

async function textOf(files: readonly string[]): Promise<string> {
  const texts = await Promise.all(files.map((file) => readFile(file, "utf8").catch(() => "")));
  return texts.join("\n");
}
