// What the kernel says of this machine's network: its routes, and the sockets that listen. Linux only.
import { readdir, readFile, readlink } from "node:fs/promises";
import { createServer } from "node:net";

const LISTENS = "0A";
/** 127.0.0.1 and 0.0.0.0, of IPv6 those that take IPv4 as well, as the kernel spells them. */
const LOOPBACK_OR_ALL = ["0100007F", "00000000", "0".repeat(32), "0000000000000000FFFF00000100007F"];

export interface Route {
  /** E.g. `10.0.0.0/8`. */
  readonly cidr: string;
  readonly device: string;
}

export interface Listener {
  readonly port: number;
  readonly inode: string;
}

/** Of IPv4, without the default routes. */
export async function readRoutes(): Promise<Route[]> {
  return parseRoutes(await readFile("/proc/net/route", "utf8").catch(() => ""));
}

/** TCP sockets that listen on 127.0.0.1, or on every address. */
export async function readListeners(): Promise<Listener[]> {
  const tables = await Promise.all(
    ["tcp", "tcp6"].map((name) => readFile(`/proc/net/${name}`, "utf8").catch(() => "")),
  );
  return tables.flatMap(parseListeners);
}

/** Whether nothing listens on a TCP port of 127.0.0.1, or of every address: for a moment this process does. */
export function isFree(port: number): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const server = createServer()
    .once("error", () => resolve(false))
    .listen(port, "127.0.0.1", () => server.close(() => resolve(true)));
  return promise;
}

/** @param table text of /proc/net/route */
export function parseRoutes(table: string): Route[] {
  const rows = table
    .split("\n")
    .slice(1)
    .map((line) => line.split("\t"));
  return rows.flatMap(([device = "", to = "", , , , , , mask = ""]) => {
    const bits = Buffer.from(mask, "hex").reduce(
      (sum, byte) => sum + byte.toString(2).replaceAll("0", "").length,
      0,
    );
    if (bits === 0) return [];
    return [{ cidr: `${[...Buffer.from(to, "hex").reverse()].join(".")}/${bits}`, device }];
  });
}

/** @param table text of /proc/net/tcp or /proc/net/tcp6 */
export function parseListeners(table: string): Listener[] {
  const rows = table
    .split("\n")
    .slice(1)
    .map((line) => line.trim().split(/\s+/));
  return rows.flatMap(([, local = "", , state, , , , , , inode = ""]) => {
    const [address = "", port = ""] = local.split(":");
    const isOurs = state === LISTENS && LOOPBACK_OR_ALL.includes(address);
    return isOurs ? [{ port: Number.parseInt(port, 16), inode }] : [];
  });
}

/** The programs that have sockets, by the sockets' inodes: those that this user may see. */
export async function programsOf(inodes: ReadonlySet<string>): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  if (inodes.size === 0) return found;
  const pids = (await readdir("/proc").catch(() => [])).filter((name) => /^\d+$/.test(name));
  for (const pid of pids) {
    for (const inode of await socketsOf(pid)) {
      if (!inodes.has(inode)) continue;
      const name = await readFile(`/proc/${pid}/comm`, "utf8").catch(() => "");
      found.set(inode, `${name.trim()} (pid ${pid})`);
    }
  }
  return found;
}

async function socketsOf(pid: string): Promise<string[]> {
  const names = await readdir(`/proc/${pid}/fd`).catch(() => []);
  const links = await Promise.all(names.map((name) => readlink(`/proc/${pid}/fd/${name}`).catch(() => "")));
  return links.flatMap((link) => /^socket:\[(\d+)\]$/.exec(link)?.[1] ?? []);
}
