// The internet as a network namespace of this machine: whatever comes by one of the given bridges and isn't for the
// machine itself ends there, at whatever address. What answers is a program that runs inside. Needs root and `ip`.
import { type ChildProcess, execFileSync, type StdioOptions, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { bridgeName } from "../../infra/docker/bridge.ts";
import { readNameservers } from "../../infra/docker/host-rules/nameservers.ts";

/** The address that every name has in openInternet. */
export const PUBLIC_ADDRESS = "203.0.113.10";
const CONTAINERS = "10.214.0.0/16";
const PROGRAM = fileURLToPath(new URL("internet-program.ts", import.meta.url));

export interface Outside {
  /** Name of its network namespace. */
  readonly name: string;
  /** Of all its own, the one that this machine itself reaches. */
  readonly address: string;
  /** Leads there what comes by one more bridge, whose name was not known before. */
  lead(bridge: string): void;
  /** Starts a program of Node's in it, where every address is the program's own. */
  run(args: readonly string[], stdio: StdioOptions): ChildProcess;
  /** Kills what it runs, and leaves nothing. */
  close(): void;
}

export interface Internet {
  /** Name of its network namespace. */
  readonly name: string;
  /** `address:port` of every connection that came. */
  readonly visited: string[];
  close(): void;
}

/** Names of the bridges that the assistants of a test Berth may get. */
export function bridgesOf(slice: number): string[] {
  return Array.from({ length: 16 }, (_, place) => bridgeName(`10.214.${slice}.${place * 16}/28`));
}

/**
 * `slice` as of startTestBerth; `bridges` need not exist yet.
 * @throws Error when another run of the tests has that slice open
 */
export function openOutside(slice: number, bridges: readonly string[]): Outside {
  const name = `berth-test-${slice}`;
  const [near, far] = [`bt${slice}-near`, `bt${slice}-far`];
  // Of its own for each slice: several may be open at once.
  const [here, there] = [`198.51.100.${slice * 2}`, `198.51.100.${slice * 2 + 1}`];
  const table = String(21_300 + slice);
  // Roads that lead somewhere on this machine come first; only the way out is another one.
  const rulesOf = (bridge: string) => [
    ["iif", bridge, "pref", table, "lookup", "main", "suppress_prefixlength", "0"],
    ["iif", bridge, "pref", table, "lookup", table],
  ];
  const rules = bridges.flatMap(rulesOf);
  const remove = () => {
    for (const rule of rules) attempt("rule", "del", ...rule);
    attempt("netns", "del", name);
  };
  endOrphans(name);
  // Of a run that was killed.
  remove();
  ip("netns", "add", name);
  ip("link", "add", near, "type", "veth", "peer", "name", far, "netns", name);
  ip("address", "add", `${here}/31`, "dev", near);
  ip("link", "set", near, "up");
  // Answers come from everywhere.
  execFileSync("sysctl", ["-q", `net.ipv4.conf.${near}.rp_filter=2`]);
  ip("-n", name, "address", "add", `${there}/31`, "dev", far);
  for (const link of ["lo", far]) ip("-n", name, "link", "set", link, "up");
  // Every address is its own, but for this machine's and those of the tests' containers.
  ip("-n", name, "route", "add", here, "dev", far, "table", "local");
  ip("-n", name, "route", "add", CONTAINERS, "via", here, "dev", far, "table", "local");
  ip("-n", name, "route", "add", "local", "default", "dev", "lo", "table", "local");
  ip("route", "add", "default", "via", there, "dev", near, "table", table);
  for (const rule of rules) ip("rule", "add", ...rule);
  const running: ChildProcess[] = [];
  return {
    name,
    address: there,
    lead(bridge) {
      const added = rulesOf(bridge);
      rules.push(...added);
      for (const rule of added) ip("rule", "add", ...rule);
    },
    run(args, stdio) {
      const child = spawn("ip", ["netns", "exec", name, process.execPath, ...args], { stdio });
      running.push(child);
      return child;
    },
    close() {
      for (const child of running) child.kill("SIGKILL");
      remove();
    },
  };
}

/** One that answers names and says "hi" at every address; `slice` and `bridges` as of openOutside. */
export async function openInternet(slice: number, bridges: readonly string[]): Promise<Internet> {
  const outside = openOutside(slice, bridges);
  const args = [PROGRAM, PUBLIC_ADDRESS, ...(await readNameservers())];
  const child = outside.run(args, ["ignore", "pipe", "inherit"]);
  if (!child.stdout) throw new Error("The internet has no stdout.");
  const lines = createInterface({ input: child.stdout });
  const [first] = await once(lines, "line");
  if (first !== "ready") throw new Error(`The internet says: ${first}`);
  const visited: string[] = [];
  lines.on("line", (line) => visited.push(line));
  return { name: outside.name, visited, close: () => outside.close() };
}

/** Kills what a run that was killed has left in that namespace. */
function endOrphans(namespace: string): void {
  const found = spawnSync("ip", ["netns", "pids", namespace], { encoding: "utf8" }).stdout;
  for (const pid of found
    .split("\n")
    .filter((line) => line !== "")
    .map(Number)) {
    const parent = /^PPid:\s+(\d+)$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
    if (parent !== "1") throw new Error(`${namespace} is open: another run of the tests (${parent}) has it.`);
    process.kill(pid, "SIGKILL");
  }
}

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
