// A table of the host's firewall as iptables-save prints it: whether Berth's rules are in it, and what iptables-restore has
// to insert them or to remove them. Each is one transaction: there is no moment with half of them. Pure.
import {
  type Chain,
  digest,
  FORWARD_CHAIN,
  FROM_ASSISTANT,
  GATEWAY_CHAIN,
  INPUT_CHAIN,
  type Rules,
} from "./rules.ts";

/**
 * What is refused in `filter` gets an answer. Docker takes its hook there out and puts it in again for each network it makes:
 * `security` comes after, and lets nothing pass meanwhile.
 */
export const REFUSING_TABLES = ["filter", "security"] as const;
export type Table = (typeof REFUSING_TABLES)[number] | "nat";

const CHAINS = [FORWARD_CHAIN, INPUT_CHAIN, GATEWAY_CHAIN] as const;
/** Docker leaves this one alone and keeps it before its own rules. By IPv6 there may be none. */
const DOCKER_USER = "DOCKER-USER";
const DOCKERS_HOOK = `-A FORWARD -j ${DOCKER_USER}`;

/** Whether the rules are all there, and asked before any others. */
export function isInPlace(saved: string, rules: Rules): boolean {
  const table = rulesOf(saved);
  const chains = chainsOf(rules);
  return (
    hooksOf(table).length === chains.length &&
    chains.every((chain) => {
      const hook = hookFor(chain, table);
      const found = table.filter((rule) => isOf(rule, chain));
      const isWhole = found.length === rules[chain]?.length && found[0]?.includes(markOf(rules)) === true;
      return isWhole && firstOf(table, hook) === hook;
    })
  );
}

/** Input for `iptables-restore --noflush`, whatever of the rules is there already. */
export function putIn(name: Table, saved: string, rules: Rules): string {
  const table = rulesOf(saved);
  const chains = chainsOf(rules);
  const added = (chain: Chain) =>
    rules[chain]?.map((rule, at) => `-A ${chain} ${marked(rule, at, rules)}`) ?? [];
  return transaction(name, [
    ...chains.map((chain) => `:${chain} - [0:0]`),
    ...chains.flatMap(added),
    ...hooksOf(table).map(asDeletion),
    ...chains.map((chain) => hookFor(chain, table).replace(/^-A (\S+)/, "-I $1 1")),
  ]);
}

/** The same that leaves nothing; undefined if there is nothing. */
export function takeOut(name: Table, saved: string): string | undefined {
  const chains = CHAINS.filter((chain) => saved.includes(`\n:${chain} `));
  if (chains.length === 0) return undefined;
  return transaction(name, [
    ...chains.map((chain) => `:${chain} - [0:0]`),
    ...hooksOf(rulesOf(saved)).map(asDeletion),
    ...chains.map((chain) => `-X ${chain}`),
  ]);
}

/** Whether Docker's chain has rules and nothing leads there. So it is for a moment whenever Docker makes a network. */
export function isDockersHookOut(saved: string): boolean {
  const table = rulesOf(saved);
  return table.some((rule) => isOf(rule, DOCKER_USER)) && !table.includes(DOCKERS_HOOK);
}

function transaction(name: Table, lines: readonly string[]): string {
  return [`*${name}`, ...lines, "COMMIT", ""].join("\n");
}

function rulesOf(saved: string): string[] {
  return saved.split("\n").filter((line) => line.startsWith("-A "));
}

function isOf(rule: string, chain: string): boolean {
  return rule.startsWith(`-A ${chain} `);
}

function chainsOf(rules: Rules): Chain[] {
  return CHAINS.filter((chain) => rules[chain] !== undefined);
}

/** The one rule that leads into a chain. Docker's own way out of PREROUTING comes after. */
function hookFor(chain: Chain, table: readonly string[]): string {
  if (chain === GATEWAY_CHAIN) return `-A PREROUTING ${FROM_ASSISTANT} -j ${chain}`;
  if (chain === INPUT_CHAIN) return `-A INPUT ${FROM_ASSISTANT} -j ${chain}`;
  const parent = table.includes(DOCKERS_HOOK) ? DOCKER_USER : "FORWARD";
  return `-A ${parent} -j ${chain}`;
}

/** All rules that lead into one of the chains: those of an earlier start may stand elsewhere. */
function hooksOf(table: readonly string[]): string[] {
  return table.filter((rule) => CHAINS.some((chain) => rule.endsWith(` -j ${chain}`)));
}

function firstOf(table: readonly string[], hook: string): string | undefined {
  const parent = hook.split(" ")[1] ?? "";
  return table.find((rule) => isOf(rule, parent));
}

function asDeletion(rule: string): string {
  return rule.replace(/^-A/, "-D");
}

function markOf(rules: Rules): string {
  return `berth-${digest(rules)}`;
}

/** The first rule of a chain says which rules these are. */
function marked(rule: string, at: number, rules: Rules): string {
  return at === 0 ? rule.replace(/(?<=^| )-j /, `-m comment --comment ${markOf(rules)} -j `) : rule;
}
