// Sets, shows and removes the host's firewall rules about assistants. They are the same for every installation of a host.
import { execFile } from "node:child_process";
import { access, readFile, rm, writeFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { lock } from "../../toolchain/lock.mjs";
import { whyElsewhere } from "./engine-place.ts";
import { readNameservers } from "./nameservers.ts";
import {
  type Connections,
  digest,
  GATEWAY_PORT,
  natRules,
  RULES_OF_IPV6,
  type Rules,
  rulesOfIpv4,
  silently,
} from "./rules.ts";
import { isDockersHookOut, isInPlace, putIn, REFUSING_TABLES, type Table, takeOut } from "./table.ts";

const TIMEOUT_MS = 20_000;
const WAIT_SECONDS = "10";
/** Docker has its hook out for a tenth of a second at a time, also on a busy host. */
const MOST_LOOKS = 20;
const LOOK_AGAIN_AFTER_MS = 100;
/** Like the rules it ends with the host: who isn't root, and so can't read them, sees by it that they were set. */
const NOTE = "/run/berth-host-rules";
/** Its last line where the kernel has refused to count connections. */
const UNLIMITED = "connections are not limited\n";
/** Fixed: run as root, these must not come from a folder that somebody else has put on PATH. */
const ENVIRONMENT = { PATH: "/usr/sbin:/usr/bin:/sbin:/bin", LC_ALL: "C" };
const NOT_COUNTED =
  "Assistants' connections have no limit, and one can fill this host's table of connections: its kernel has no xt_connlimit or no xt_hashlimit. Install the kernel's extra modules, then apply the host rules again.";
const APPLY = "sudo npm run -s berth -- host rules apply";

/** What one table is to have. */
interface Wanted {
  readonly command: "iptables" | "ip6tables";
  readonly table: Table;
  readonly rules: Rules;
}

export type HostRules =
  | { readonly state: "in place" }
  /** This process can set them if they are missing, and can't if they are out of reach. */
  | { readonly state: "missing" | "out of reach"; readonly advice: string };

/**
 * `gatewayPort`, here and below, is the one of this host where model gateways listen.
 * @throws Error when iptables fails, with its words.
 */
export async function lookAtHostRules(gatewayPort = GATEWAY_PORT): Promise<HostRules> {
  const elsewhere = await whyElsewhere();
  if (elsewhere) return { state: "out of reach", advice: elsewhere };
  if (await areInPlace(gatewayPort)) return { state: "in place" };
  return { state: isRoot() ? "missing" : "out of reach", advice: `Run: ${APPLY}` };
}

/** Without root, whether they were set since the host has started. @throws Error when iptables fails. */
export async function areInPlace(gatewayPort = GATEWAY_PORT): Promise<boolean> {
  const isUnlimited = await cannotLimit();
  const wanted = await wantedRules(isUnlimited ? "unlimited" : "limited", gatewayPort);
  if (!isRoot()) return (await readNote()) === noteOf(wanted) + (isUnlimited ? UNLIMITED : "");
  const found = await Promise.all(wanted.map(async (one) => isInPlace(await save(one), one.rules)));
  return found.every(Boolean);
}

/** What the operator should know of the rules; undefined if they are in place. For `doctor` and for the start. */
export async function hostRulesFinding(gatewayPort = GATEWAY_PORT): Promise<string | undefined> {
  const found = await lookAtHostRules(gatewayPort).catch((error: Error) => ({
    state: "unknown" as const,
    advice: error.message,
  }));
  if (found.state === "in place") return (await cannotLimit()) ? NOT_COUNTED : undefined;
  return `Assistants are not kept off this host's services and its private networks: the host rules are not in place. ${found.advice}`;
}

/** Sets them, all at once, in place of what is there of them. @throws Error when iptables refuses, or they belong elsewhere. */
export async function applyHostRules(gatewayPort = GATEWAY_PORT): Promise<void> {
  const elsewhere = await whyElsewhere();
  if (elsewhere) throw new Error(elsewhere);
  await exclusively(async () => {
    await set("limited", gatewayPort).catch(() => set("unlimited", gatewayPort));
  });
}

async function set(connections: Connections, gatewayPort: number): Promise<void> {
  const wanted = await wantedRules(connections, gatewayPort);
  for (const one of wanted) await restore(one, putIn(one.table, await save(one), one.rules));
  const note = noteOf(wanted) + (connections === "unlimited" ? UNLIMITED : "");
  await writeFile(NOTE, note, { mode: 0o644 });
}

/** Leaves nothing of them. @throws Error when iptables refuses. */
export async function removeHostRules(): Promise<void> {
  await exclusively(async () => {
    await rm(NOTE, { force: true });
    for (const one of await wantedRules("limited", GATEWAY_PORT)) {
      const removal = takeOut(one.table, await save(one));
      if (removal) await restore(one, removal);
    }
  });
}

async function wantedRules(connections: Connections, gatewayPort: number): Promise<Wanted[]> {
  const refused = inEachTable("iptables", rulesOfIpv4(await readNameservers(), connections, gatewayPort));
  const ip4: Wanted[] = [...refused, { command: "iptables", table: "nat", rules: natRules(gatewayPort) }];
  const hasIpv6 = await access("/proc/sys/net/ipv6").then(
    () => true,
    () => false,
  );
  return hasIpv6 ? [...ip4, ...inEachTable("ip6tables", RULES_OF_IPV6)] : ip4;
}

function inEachTable(command: Wanted["command"], rules: Rules): Wanted[] {
  return REFUSING_TABLES.map((table) => ({
    command,
    table,
    rules: table === "filter" ? rules : silently(rules),
  }));
}

function noteOf(wanted: readonly Wanted[]): string {
  return `${wanted.map(({ command, table, rules }) => `${command} ${table} ${digest(rules)}`).join("\n")}\n`;
}

/** Whether the kernel has refused it when the rules were set. */
async function cannotLimit(): Promise<boolean> {
  return (await readNote()).endsWith(UNLIMITED);
}

async function readNote(): Promise<string> {
  return readFile(NOTE, "utf8").catch(() => "");
}

function isRoot(): boolean {
  return process.getuid?.() === 0;
}

/** One process at a time: two that put the hook in at once would put it in twice. */
async function exclusively(work: () => Promise<void>): Promise<void> {
  if (!isRoot()) throw new Error(`Only root can change the host's firewall. ${APPLY}`);
  const release = await lock(`${NOTE}.lock`);
  try {
    await work();
  } finally {
    await release();
  }
}

/** The table while Docker has its hook in, unless that stays out. */
async function save({ command, table }: Wanted): Promise<string> {
  for (let look = 1; ; look++) {
    const saved = await iptables(`${command}-save`, ["-t", table], "");
    if (look === MOST_LOOKS || !isDockersHookOut(saved)) return saved;
    await sleep(LOOK_AGAIN_AFTER_MS);
  }
}

async function restore({ command }: Wanted, input: string): Promise<void> {
  await iptables(`${command}-restore`, ["--wait", WAIT_SECONDS, "--noflush"], input);
}

async function iptables(program: string, args: readonly string[], input: string): Promise<string> {
  const options = { env: ENVIRONMENT, timeout: TIMEOUT_MS, maxBuffer: 64 * 1024 * 1024 };
  const running = promisify(execFile)(program, args, options);
  running.child.stdin?.on("error", () => {}).end(input);
  try {
    return (await running).stdout;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT")
      throw new Error(`${program} is not installed: install the package iptables.`);
    const words = (error as { readonly stderr?: string }).stderr?.trim();
    throw new Error(`${program} failed: ${words || (error as Error).message}`);
  }
}
