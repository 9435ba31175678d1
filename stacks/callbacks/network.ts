// Where callbacks may go: one resolver decides and hands out the addresses that are dialled, so a name can't answer
// the check with one address and the connection with another.
import { Resolver } from "node:dns/promises";
import { isIP } from "node:net";
import { isPublicAddress } from "./public-address.ts";

const MAX_ANSWERS = 16;
const RESOLVE_TIMEOUT_MS = 5_000;

/** Resolves a name to all its addresses; rejects when it can't right now. */
export type Resolve = (hostname: string) => Promise<readonly string[]>;

/** A place that the operator has named: dialled at this address, whatever the name resolves to. */
export interface PinnedHost {
  readonly host: string;
  readonly port: number;
  readonly address: string;
}

export interface CallbackNetwork {
  readonly resolve: Resolve;
  readonly pinned: readonly PinnedHost[];
}

/** A URL that Berth does not deliver to, and why. */
export class Refused extends Error {}

/**
 * The addresses at which this URL may be dialled now: public ones, unless others are allowed.
 * @throws Refused when any of them is not allowed; the resolver's error when the name does not resolve.
 */
export async function addressesOf(
  network: CallbackNetwork,
  url: URL,
  isAllowed = isPublicAddress,
): Promise<readonly string[]> {
  const pinned = pinnedHost(network, url);
  if (pinned) return [pinned.address];
  const hostname = bareHostname(url);
  if (isIP(hostname)) {
    if (isAllowed(hostname)) return [hostname];
    throw new Refused("must not point to a private or reserved address");
  }
  const addresses = await resolveInTime(network.resolve, hostname);
  if (addresses.length > 0 && addresses.length <= MAX_ANSWERS && addresses.every(isAllowed)) return addresses;
  throw new Refused("must resolve to public addresses only");
}

/** What the operator has set for the URL's host and port. */
export function pinnedHost({ pinned }: Pick<CallbackNetwork, "pinned">, url: URL): PinnedHost | undefined {
  const hostname = bareHostname(url);
  return pinned.find(({ host, port }) => host === hostname && port === portOf(url));
}

/** The host without the brackets of IPv6 and without the dot of the root. */
export function bareHostname(url: URL): string {
  return url.hostname.replace(/^\[|\]$/g, "").replace(/\.$/, "");
}

export function portOf(url: URL): number {
  return Number(url.port || 443);
}

/**
 * Asks the name servers for A and AAAA: the system's own unless others are named. The system's own look-up would not do:
 * it can't be ended, and a few slow ones would block all others.
 */
export function resolveByDns(servers?: readonly string[]): Resolve {
  return async (hostname) => {
    const resolver = new Resolver({ timeout: RESOLVE_TIMEOUT_MS, tries: 1 });
    if (servers) resolver.setServers(servers);
    // A server that is silent about one kind only must not hide the other.
    const late = setTimeout(() => resolver.cancel(), RESOLVE_TIMEOUT_MS - 500);
    const answers = await Promise.allSettled([resolver.resolve4(hostname), resolver.resolve6(hostname)]);
    clearTimeout(late);
    const found = answers.flatMap((answer) => (answer.status === "fulfilled" ? [answer.value] : []));
    if (found.length === 0) throw new Error(`${hostname} does not resolve.`);
    return found.flat();
  };
}

async function resolveInTime(resolve: Resolve, hostname: string): Promise<readonly string[]> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error("The name did not resolve in time.")), RESOLVE_TIMEOUT_MS);
  });
  return Promise.race([resolve(hostname), late]).finally(() => clearTimeout(timer));
}
