// Which servers a customer's assistant may have for its models: public ones by https, as for callbacks, and private ones that
// the operator has named. A name is checked by what it resolves to, at each connection.
import { lookup as lookupSystem } from "node:dns/promises";
import { BlockList, isIP, type LookupFunction } from "node:net";
import type { Strangers } from "../../infra/assistant/strangers.ts";
import { addressesOf, bareHostname, type Resolve } from "../callbacks/network.ts";
import { isPublicAddress } from "../callbacks/public-address.ts";
import { refuseCallbackUrl } from "../callbacks/url.ts";

/** What is allowed although it is not public. */
export interface PrivateHosts {
  /** In small letters. */
  readonly names: readonly string[];
  /** CIDR. */
  readonly ranges: readonly string[];
}

/** Where clouds hand out credentials to any caller: in no range that an operator can have meant. */
const NEVER = blockList([
  "169.254.0.0/16",
  "fe80::/10",
  "fd00:ec2::254/128",
  "100.100.100.200/32",
  "168.63.129.16/32",
]);
const UNRESOLVED = "must be a name that resolves to public addresses alone";

export function modelServers(resolve: Resolve, { names, ranges }: PrivateHosts): Strangers {
  const allowed = blockList(ranges);
  const isNamed = (hostname: string) => names.includes(hostname);
  const isAllowed = (address: string) =>
    isIP(address) !== 0 && !isIn(NEVER, address) && (isPublicAddress(address) || isIn(allowed, address));

  const refuse = (text: string): string | undefined => {
    const host = URL.canParse(text) ? bareHostname(new URL(text)) : "";
    if (text.includes("?")) return "must not have a query";
    const isPrivate = isNamed(host) || (isIP(host) !== 0 && isIn(allowed, host) && isAllowed(host));
    return isPrivate ? refusePrivate(text) : refuseCallbackUrl({ pinned: [] }, text);
  };

  const addresses = async (name: string): Promise<readonly string[]> => {
    const hostname = name.replace(/\.$/, "");
    if (!isNamed(hostname)) {
      const url = new URL(`https://${hostname}`);
      return addressesOf({ resolve, pinned: [] }, url, isAllowed);
    }
    // The operator's own name: it may stand in a file of this machine alone.
    const found = (await lookupSystem(hostname, { all: true })).map(({ address }) => address);
    if (found.some((address) => isIn(NEVER, address))) throw new Error(`${hostname} must not be there.`);
    return found;
  };

  return {
    refuse,
    async check(text) {
      const refusal = refuse(text);
      const host = refusal === undefined ? bareHostname(new URL(text)) : "";
      if (refusal !== undefined || isIP(host) || isNamed(host)) return refusal;
      // In the same words for a name that does not exist: nobody learns what Berth's own name servers know.
      return addresses(host).then(
        () => undefined,
        () => UNRESOLVED,
      );
    },
    lookup: lookupBy(addresses),
  };
}

/** Of a place that the operator has named: http and every port are fine there. */
function refusePrivate(text: string): string | undefined {
  if (!/^https?:\/\/(?![/?#])[\x21-\x7e]+$/i.test(text) || text.includes("\\"))
    return "must be an http or https URL";
  const url = new URL(text);
  if (url.username || url.password) return "must not carry a user name or password";
  return url.hash ? "must not have a fragment" : undefined;
}

function lookupBy(addresses: (hostname: string) => Promise<readonly string[]>): LookupFunction {
  return (hostname, { all }, callback) => {
    addresses(hostname).then(
      (found) => {
        const answers = found.map((address) => ({ address, family: isIP(address) }));
        if (all) callback(null, answers);
        else callback(null, answers[0]?.address ?? "", answers[0]?.family);
      },
      (error: Error) => callback(error, []),
    );
  };
}

function blockList(ranges: readonly string[]): BlockList {
  const list = new BlockList();
  for (const range of ranges) {
    const [address = "", bits] = range.split("/");
    list.addSubnet(address, Number(bits), isIP(address) === 6 ? "ipv6" : "ipv4");
  }
  return list;
}

function isIn(list: BlockList, address: string): boolean {
  return list.check(address, isIP(address) === 6 ? "ipv6" : "ipv4");
}
