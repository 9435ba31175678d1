// What the host's firewall does about assistants, as text for iptables-restore. Pure.
// Matched by the bridge a packet comes from or goes to: no address that an assistant makes up changes anything.
import { createHash } from "node:crypto";
import { NOT_PUBLIC_IPV4 } from "../../not-public.ts";
import { BRIDGE_PREFIX } from "../bridge.ts";

export const FORWARD_CHAIN = "BERTH-FORWARD";
export const INPUT_CHAIN = "BERTH-INPUT";
/** Of the table `nat`. */
export const GATEWAY_CHAIN = "BERTH-GATEWAY";
export type Chain = typeof FORWARD_CHAIN | typeof INPUT_CHAIN | typeof GATEWAY_CHAIN;
/** Rules of each chain, in order, without the chain's name. */
export type Rules = Readonly<Partial<Record<Chain, readonly string[]>>>;

/** Any of Berth's bridges, whichever installation it belongs to. */
export const FROM_ASSISTANT = `-i ${BRIDGE_PREFIX}+`;
const TO_ASSISTANT = `-o ${BRIDGE_PREFIX}+`;
/** Only what answers the host's own connections, or those that an assistant was let make, so a ban ends open ones too. */
const IS_ANSWER = "-m conntrack --ctstate RELATED,ESTABLISHED --ctdir REPLY";
const SMTP = 25;
/** Where an assistant looks for its provider. */
const HTTPS = 443;
/** Of this host: the same for all of its installations, as they share the rules. */
export const GATEWAY_PORT = 18_790;

/** An assistant's network. */
const OWN_PREFIX = 28;
/**
 * The host's table of connections is one for all. Ended ones stay in it for two minutes, so that one assistant has some 8,000
 * of its entries at most. What is dropped is tried again by TCP and by resolvers.
 */
const MOST_OPEN = 2_000;
const NEW_PER_SECOND = 50;
export const NEW_AT_ONCE = 1_000;
const IS_NEW = "-m conntrack --ctstate NEW";
const LIMITS = [
  `${IS_NEW} -m connlimit --connlimit-above ${MOST_OPEN} --connlimit-mask ${OWN_PREFIX} --connlimit-saddr -j DROP`,
  `${IS_NEW} -m hashlimit --hashlimit-above ${NEW_PER_SECOND}/sec --hashlimit-burst ${NEW_AT_ONCE} --hashlimit-mode srcip --hashlimit-srcmask ${OWN_PREFIX} --hashlimit-name berth -j DROP`,
];

/** Whether they are limited: a kernel may lack what that takes. */
export type Connections = "limited" | "unlimited";

/**
 * @param nameservers IPv4 addresses that Docker's resolver asks from inside an assistant's network
 * @param gatewayPort of this host, where the model gateway listens
 */
export function rulesOfIpv4(
  nameservers: readonly string[],
  connections: Connections,
  gatewayPort = GATEWAY_PORT,
): Rules {
  const limits = connections === "limited" ? LIMITS : [];
  const dns = nameservers.flatMap((address) =>
    ["udp", "tcp"].map((protocol) => `-d ${address}/32 -p ${protocol} -m ${protocol} --dport 53 -j RETURN`),
  );
  return {
    [FORWARD_CHAIN]: [
      `${TO_ASSISTANT} ${IS_ANSWER} -j RETURN`,
      `${TO_ASSISTANT} -j REJECT`,
      `! ${FROM_ASSISTANT} -j RETURN`,
      ...limits,
      ...dns,
      `-p tcp -m tcp --dport ${SMTP} -j REJECT`,
      ...NOT_PUBLIC_IPV4.map((range) => `-d ${range} -j REJECT`),
    ],
    [INPUT_CHAIN]: [
      `${IS_ANSWER} -j RETURN`,
      ...limits,
      ...dns,
      // What natRules has led there alone: the port itself stays closed.
      `-p tcp -m tcp --dport ${gatewayPort} -m conntrack --ctorigdstport ${HTTPS} -j RETURN`,
      "-j REJECT",
    ],
  };
}

/** Leads https for the host's address on an assistant's own bridge to the model gateway: not that of another bridge. */
export function natRules(gatewayPort = GATEWAY_PORT): Rules {
  const isOwnBridge = "-m addrtype --dst-type LOCAL --limit-iface-in";
  return {
    [GATEWAY_CHAIN]: [`-p tcp ${isOwnBridge} -m tcp --dport ${HTTPS} -j REDIRECT --to-ports ${gatewayPort}`],
  };
}

/** Assistants' networks have no IPv6: whatever comes by it was not meant to. */
export const RULES_OF_IPV6: Rules = {
  [FORWARD_CHAIN]: [`${FROM_ASSISTANT} -j REJECT`, `${TO_ASSISTANT} -j REJECT`],
  [INPUT_CHAIN]: ["-j REJECT"],
};

/** The same where a refusal reaches nobody: what is refused is lost. What was counted once is not counted again. */
export function silently(rules: Rules): Rules {
  const dropping = (chain: readonly string[]) =>
    chain.filter((rule) => !LIMITS.includes(rule)).map((rule) => rule.replace(/-j REJECT$/, "-j DROP"));
  return Object.fromEntries(Object.entries(rules).map(([chain, list]) => [chain, dropping(list)]));
}

/** Distinguishes one set of rules from another: what iptables shows is spelled by its version, not as it was given. */
export function digest(rules: Rules): string {
  return createHash("sha256").update(JSON.stringify(rules)).digest("hex").slice(0, 16);
}
