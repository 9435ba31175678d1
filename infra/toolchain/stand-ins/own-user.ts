// Whose a connection of loopback is: every program of the machine can open one, whoever runs it.
import { readFile } from "node:fs/promises";
import type { Socket } from "node:net";
import { endianness } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";

const TABLE = "/proc/net/tcp";
/** A table that changes while it is read may lack a row. */
const LOOKS = 5;
const LOOK_AGAIN_MS = 10;
/** A connection that its program has closed is nobody's, which the kernel writes as root's. */
const ESTABLISHED = "01";

/** One end of a connection. */
interface End {
  /** Of IPv4, e.g. `127.0.0.1`. */
  readonly address: string;
  readonly port: number;
}

/** Whether a program of this process's own user has opened it. Off Linux nothing says that, and it is taken for one. */
export async function isOfOwnUser(socket: Socket): Promise<boolean> {
  const from = { address: socket.remoteAddress ?? "", port: socket.remotePort ?? 0 };
  const to = { address: socket.localAddress ?? "", port: socket.localPort ?? 0 };
  for (let look = 0; look < LOOKS; look++) {
    const table = await readFile(TABLE, "utf8").catch(() => undefined);
    if (table === undefined) return true;
    const owner = ownerOf(table, from, to);
    if (owner !== undefined) return owner === process.getuid?.();
    await sleep(LOOK_AGAIN_MS);
  }
  return false;
}

/** User id of who holds the end `from` of an open connection. @param table text of /proc/net/tcp */
export function ownerOf(table: string, from: End, to: End): number | undefined {
  const row = ` ${spelled(from)} ${spelled(to)} ${ESTABLISHED} `;
  const at = table.indexOf(row);
  if (at < 0) return undefined;
  const [, , , owner] = table.slice(at + row.length).split(/\s+/, 4);
  return Number(owner);
}

/** As the kernel has it: the address as a number of this machine, then the port. */
function spelled({ address, port }: End): string {
  const bytes = Buffer.from(address.split(".").map(Number));
  if (endianness() === "LE") bytes.reverse();
  return `${bytes.toString("hex")}:${port.toString(16).padStart(4, "0")}`.toUpperCase();
}
