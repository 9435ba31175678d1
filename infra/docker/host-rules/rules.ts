// What the host's firewall does about assistants, as text for iptables-restore. Pure.
// Matched by the bridge a packet comes from or goes to: no address that an assistant makes up changes anything.
import { createHash } from "node:crypto";
import { NOT_PUBLIC_IPV4 } from "../../not-public.ts";
import { BRIDGE_PREFIX } from "../bridge.ts";

export const FORWARD_CHAIN = "BERTH-FORWARD";
export const INPUT_CHAIN = "BERTH-INPUT";
export type Chain = typeof FORWARD_CHAIN | typeof INPUT_CHAIN;
/** Rules of each chain, in order, without the chain's name. */
export type Rules = Readonly<Record<Chain, readonly string[]>>;

/** Any of Berth's bridges, whichever installation it belongs to. */
export const FROM_ASSISTANT = `-i ${BRIDGE_PREFIX}+`;
const TO_ASSISTANT = `-o ${BRIDGE_PREFIX}+`;
/** Only what answers the host's own connections, or those that an assistant was let make, so a ban ends open ones too. */
const IS_ANSWER = "-m conntrack --ctstate RELATED,ESTABLISHED --ctdir REPLY";
const SMTP = 25;

/** @param nameservers IPv4 addresses that Docker's resolver asks from inside an assistant's network. */
export function rulesOfIpv4(nameservers: readonly string[]): Rules {
  const dns = nameservers.flatMap((address) =>
    ["udp", "tcp"].map((protocol) => `-d ${address}/32 -p ${protocol} -m ${protocol} --dport 53 -j RETURN`),
  );
  return {
    [FORWARD_CHAIN]: [
      `${TO_ASSISTANT} ${IS_ANSWER} -j RETURN`,
      `${TO_ASSISTANT} -j REJECT`,
      `! ${FROM_ASSISTANT} -j RETURN`,
      ...dns,
      `-p tcp -m tcp --dport ${SMTP} -j REJECT`,
      ...NOT_PUBLIC_IPV4.map((range) => `-d ${range} -j REJECT`),
    ],
    [INPUT_CHAIN]: [`${IS_ANSWER} -j RETURN`, ...dns, "-j REJECT"],
  };
}

/** Assistants' networks have no IPv6: whatever comes by it was not meant to. */
export const RULES_OF_IPV6: Rules = {
  [FORWARD_CHAIN]: [`${FROM_ASSISTANT} -j REJECT`, `${TO_ASSISTANT} -j REJECT`],
  [INPUT_CHAIN]: ["-j REJECT"],
};

/** The same where nobody can be told of a refusal: what is refused is lost. */
export function silently(rules: Rules): Rules {
  const dropping = (rule: string) => rule.replace(/-j REJECT$/, "-j DROP");
  return {
    [FORWARD_CHAIN]: rules[FORWARD_CHAIN].map(dropping),
    [INPUT_CHAIN]: rules[INPUT_CHAIN].map(dropping),
  };
}

/** Tells one set of rules from another: what iptables shows is spelled by its version, not as it was given. */
export function digest(rules: Rules): string {
  return createHash("sha256").update(JSON.stringify(rules)).digest("hex").slice(0, 16);
}
