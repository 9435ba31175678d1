// The internet as a network namespace of this machine: whatever comes by one of the given bridges and isn't for the
// machine itself ends there, at whatever address. It answers names, and says on stdout who came where. Needs root and `ip`.
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { readNameservers } from "../../infra/host-rules/nameservers.ts";

/** The address that every name has. */
export const PUBLIC_ADDRESS = "203.0.113.10";
const GATEWAY = "203.0.113.1";
const CONTAINERS = "10.214.0.0/16";
const PORTS = [25, 80, 443];

export interface Internet {
  /** Name of its network namespace. */
  readonly name: string;
  /** `address:port` of every connection that came. */
  readonly visited: string[];
  close(): void;
}

/** `slice` as of startTestBerth; `bridges` need not exist yet. */
export async function openInternet(slice: number, bridges: readonly string[]): Promise<Internet> {
  const name = `berth-test-${slice}`;
  const [near, far] = [`bt${slice}-near`, `bt${slice}-far`];
  const table = String(21_300 + slice);
  // Roads that lead somewhere on this machine come first; only the way out is another one.
  const rules = bridges.flatMap((bridge) => [
    ["iif", bridge, "pref", table, "lookup", "main", "suppress_prefixlength", "0"],
    ["iif", bridge, "pref", table, "lookup", table],
  ]);
  const remove = () => {
    for (const rule of rules) attempt("rule", "del", ...rule);
    attempt("netns", "del", name);
  };
  // Of a run that was killed.
  remove();
  ip("netns", "add", name);
  ip("link", "add", near, "type", "veth", "peer", "name", far, "netns", name);
  ip("address", "add", `${GATEWAY}/24`, "dev", near);
  ip("link", "set", near, "up");
  // Answers come from everywhere.
  execFileSync("sysctl", ["-q", `net.ipv4.conf.${near}.rp_filter=2`]);
  ip("-n", name, "address", "add", `${PUBLIC_ADDRESS}/24`, "dev", far);
  for (const link of ["lo", far]) ip("-n", name, "link", "set", link, "up");
  // Every address is its own, but for this machine's and those of the tests' containers.
  ip("-n", name, "route", "add", GATEWAY, "dev", far, "table", "local");
  ip("-n", name, "route", "add", CONTAINERS, "via", GATEWAY, "dev", far, "table", "local");
  ip("-n", name, "route", "add", "local", "default", "dev", "lo", "table", "local");
  ip("route", "add", "default", "via", PUBLIC_ADDRESS, "dev", near, "table", table);
  for (const rule of rules) ip("rule", "add", ...rule);
  const visited: string[] = [];
  const everything = await listen(name, visited);
  return {
    name,
    visited,
    close() {
      everything.kill("SIGKILL");
      remove();
    },
  };
}

async function listen(namespace: string, visited: string[]): Promise<ChildProcess> {
  const nameservers = await readNameservers();
  const program = ["netns", "exec", namespace, process.execPath, "-e", SERVERS, ...nameservers];
  const child = spawn("ip", program, { stdio: ["ignore", "pipe", "inherit"] });
  const lines = createInterface({ input: child.stdout });
  const [first] = await once(lines, "line");
  if (first !== "ready") throw new Error(`The internet says: ${first}`);
  lines.on("line", (line) => visited.push(line));
  return child;
}

/** Every name has the one address; no answer is cached. */
const SERVERS = `
const { createServer } = require("node:net");
const { createSocket } = require("node:dgram");
function answer(udp, query, { port, address }) {
  let end = 12;
  while (query[end]) end += query[end] + 1;
  const question = query.subarray(12, end + 5);
  const isA = query.readUInt16BE(end + 1) === 1;
  const head = Buffer.from([query[0], query[1], 0x81, 0x80, 0, 1, 0, isA ? 1 : 0, 0, 0, 0, 0]);
  const record = Buffer.from([0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 0, 0, 4, ${PUBLIC_ADDRESS.split(".").join(", ")}]);
  udp.send(Buffer.concat([head, question, ...(isA ? [record] : [])]), port, address);
}
const listening = ${JSON.stringify(PORTS)}.map((port) => new Promise((resolve) => {
  createServer((socket) => {
    console.log(socket.localAddress + ":" + port);
    socket.on("error", () => {});
    socket.end("HTTP/1.0 200 OK\\r\\nContent-Length: 2\\r\\n\\r\\nhi");
  }).listen(port, "0.0.0.0", resolve);
}));
// Each at its own address: a reply has to come from there.
const named = process.argv.slice(1).map((address) => new Promise((resolve) => {
  const udp = createSocket("udp4");
  udp.on("message", (query, from) => answer(udp, query, from)).bind(53, address, resolve);
}));
Promise.all([...named, ...listening]).then(() => console.log("ready"));
`;

function ip(...args: readonly string[]): void {
  execFileSync("ip", args, { stdio: ["ignore", "ignore", "pipe"] });
}

function attempt(...args: readonly string[]): void {
  try {
    ip(...args);
  } catch {
    // It was not there.
  }
}
