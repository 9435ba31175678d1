// Sets, shows and removes the host's firewall rules about assistants. They are the same for every installation of a host.
import { execFile } from "node:child_process";
import { access, readFile, rm, writeFile } from "node:fs/promises";
import { promisify } from "node:util";
import { lock } from "../toolchain/lock.mjs";
import { whyElsewhere } from "./engine-place.ts";
import { readNameservers } from "./nameservers.ts";
import { digest, RULES_OF_IPV6, type Rules, rulesOfIpv4 } from "./rules.ts";
import { isInPlace, putIn, takeOut } from "./table.ts";

const TIMEOUT_MS = 20_000;
const WAIT_SECONDS = "10";
/** Like the rules it ends with the host: who isn't root, and so can't read them, sees by it that they were set. */
const NOTE = "/run/berth-host-rules";
/** Fixed: run as root, these must not come from a folder that somebody else has put on PATH. */
const ENVIRONMENT = { PATH: "/usr/sbin:/usr/bin:/sbin:/bin", LC_ALL: "C" };
const APPLY = "sudo npm run -s berth -- host rules apply";

interface Family {
  readonly command: "iptables" | "ip6tables";
  readonly rules: Rules;
}

export type HostRules =
  | { readonly state: "in place" }
  /** This process can set them if they are missing, and can't if they are out of reach. */
  | { readonly state: "missing" | "out of reach"; readonly advice: string };

/** @throws Error when iptables fails, with its words. */
export async function lookAtHostRules(): Promise<HostRules> {
  const elsewhere = await whyElsewhere();
  if (elsewhere) return { state: "out of reach", advice: elsewhere };
  if (await areInPlace()) return { state: "in place" };
  return { state: isRoot() ? "missing" : "out of reach", advice: `Run: ${APPLY}` };
}

/** Without root, whether they were set since the host has started. @throws Error when iptables fails. */
export async function areInPlace(): Promise<boolean> {
  const families = await wantedRules();
  if (!isRoot()) return (await readFile(NOTE, "utf8").catch(() => "")) === noteOf(families);
  const found = await Promise.all(
    families.map(async (family) => isInPlace(await save(family), family.rules)),
  );
  return found.every(Boolean);
}

/** What the operator should know of the rules; undefined if they are in place. For `doctor` and for the start. */
export async function hostRulesFinding(): Promise<string | undefined> {
  const found = await lookAtHostRules().catch((error: Error) => ({
    state: "unknown",
    advice: error.message,
  }));
  if (!("advice" in found)) return undefined;
  return `Assistants are not kept off this host's services and its private networks: the host rules are not in place. ${found.advice}`;
}

/** Sets them, all at once, in place of what is there of them. @throws Error when iptables refuses, or they belong elsewhere. */
export async function applyHostRules(): Promise<void> {
  const elsewhere = await whyElsewhere();
  if (elsewhere) throw new Error(elsewhere);
  await exclusively(async () => {
    const families = await wantedRules();
    for (const family of families) await restore(family, putIn(await save(family), family.rules));
    await writeFile(NOTE, noteOf(families), { mode: 0o644 });
  });
}

/** Leaves nothing of them. @throws Error when iptables refuses. */
export async function removeHostRules(): Promise<void> {
  await exclusively(async () => {
    await rm(NOTE, { force: true });
    for (const family of await wantedRules()) {
      const removal = takeOut(await save(family));
      if (removal) await restore(family, removal);
    }
  });
}

async function wantedRules(): Promise<Family[]> {
  const ip4 = { command: "iptables", rules: rulesOfIpv4(await readNameservers()) } as const;
  const hasIpv6 = await access("/proc/sys/net/ipv6").then(
    () => true,
    () => false,
  );
  return hasIpv6 ? [ip4, { command: "ip6tables", rules: RULES_OF_IPV6 }] : [ip4];
}

function noteOf(families: readonly Family[]): string {
  return `${families.map(({ command, rules }) => `${command} ${digest(rules)}`).join("\n")}\n`;
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

async function save({ command }: Family): Promise<string> {
  return iptables(`${command}-save`, ["-t", "filter"], "");
}

async function restore({ command }: Family, input: string): Promise<void> {
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
