// Which user an assistant is to run as here: by what the engine does with users, and which ids the host has given away.
import { readFile } from "node:fs/promises";
import Docker from "dockerode";
import { freeUid, type IdRange, idsIn } from "./user.ts";

const TIMEOUT_MS = 5_000;
/** Each line: a name, whatever, and a user's or a group's id. */
const ACCOUNTS = ["/etc/passwd", "/etc/group"];
/** Each line: a name, the first id and how many. */
const SUBORDINATES = ["/etc/subuid", "/etc/subgid"];

/**
 * Id of the user and of the group. Where the engine maps users it is the port itself: such a container has 65,536 as a rule.
 * @throws Error of the engine
 */
export async function findUid(hostPort: number): Promise<number> {
  const info: { SecurityOptions?: readonly string[] | null } = await new Docker({
    timeout: TIMEOUT_MS,
  }).info();
  if (info.SecurityOptions?.some((option) => /^name=(userns|rootless)\b/.test(option))) return hostPort;
  return freeUid(hostPort, await readIds());
}

async function readIds(): Promise<IdRange[]> {
  return idsIn(await textOf(ACCOUNTS), await textOf(SUBORDINATES));
}

async function textOf(files: readonly string[]): Promise<string> {
  const texts = await Promise.all(files.map((file) => readFile(file, "utf8").catch(() => "")));
  return texts.join("\n");
}
