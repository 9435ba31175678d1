// Which callback URLs are taken: public https only. Judged when one is set, and again before every delivery,
// because a name may resolve to something else by then.
import { promises as dns } from "node:dns";
import { BlockList, isIP } from "node:net";

const MAX_LENGTH = 2_048;
const MAX_ANSWERS = 16;
const RESOLVE_TIMEOUT_MS = 5_000;
const PORTS: readonly string[] = ["", "443", "8443"];
const REFUSED_SUFFIXES = [
  "localhost",
  "local",
  "internal",
  "home.arpa",
  "lan",
  "intranet",
  "corp",
  "svc",
  "cluster.local",
  "docker.internal",
  "onion",
  "arpa",
] as const;

/** Union of what Svix, Smokescreen and the IANA special-purpose registries refuse. */
const IPV4_RANGES = [
  "0.0.0.0/8",
  "10.0.0.0/8",
  "100.64.0.0/10",
  "127.0.0.0/8",
  "169.254.0.0/16",
  "172.16.0.0/12",
  "192.0.0.0/24",
  "192.0.2.0/24",
  "192.31.196.0/24",
  "192.52.193.0/24",
  "192.88.99.0/24",
  "192.168.0.0/16",
  "192.175.48.0/24",
  "198.18.0.0/15",
  "198.51.100.0/24",
  "203.0.113.0/24",
  "224.0.0.0/4",
  "240.0.0.0/4",
  // Azure's metadata and DNS address: it looks public and is not.
  "168.63.129.16/32",
] as const;
const IPV6_RANGES = [
  "::/96",
  "::ffff:0:0/96",
  "::ffff:0:0:0/96",
  "64:ff9b::/96",
  "64:ff9b:1::/48",
  "100::/64",
  "100:0:0:1::/64",
  "2001::/23",
  "2001:db8::/32",
  "2002::/16",
  "2620:4f:8000::/48",
  "3fff::/20",
  "5f00::/16",
  "fc00::/7",
  "fe80::/10",
  "fec0::/10",
  "ff00::/8",
] as const;

const refused4 = blockList(IPV4_RANGES, "ipv4");
const refused6 = blockList(IPV6_RANGES, "ipv6");
const globalUnicast6 = blockList(["2000::/3"], "ipv6");

/** Resolves a name to all its addresses; rejects when it can't right now. */
export type Resolve = (hostname: string) => Promise<readonly string[]>;

/**
 * Why this URL is refused, or undefined if it is fine. A name that can't be resolved right now is accepted: it is
 * judged again before every delivery.
 */
export async function refuseCallbackUrl(
  text: string,
  resolve: Resolve = resolveAll,
): Promise<string | undefined> {
  const refusal = refuseForm(text);
  if (refusal) return refusal;
  const hostname = bareHostname(new URL(text));
  if (isIP(hostname))
    return isPublicAddress(hostname) ? undefined : "must not point to a private or reserved address";
  const addresses = await resolve(hostname).catch(() => undefined);
  if (addresses === undefined) return undefined;
  const fine = addresses.length > 0 && addresses.length <= MAX_ANSWERS && addresses.every(isPublicAddress);
  return fine ? undefined : "must resolve to public addresses only";
}

/** Whether an address is on the public Internet. Addresses that embed another one (6to4, NAT64 …) are not. */
export function isPublicAddress(address: string): boolean {
  switch (isIP(address)) {
    case 4:
      return !refused4.check(address, "ipv4");
    case 6:
      return globalUnicast6.check(address, "ipv6") && !refused6.check(address, "ipv6");
    default:
      return false;
  }
}

function refuseForm(text: string): string | undefined {
  if (text.length > MAX_LENGTH) return `must have at most ${MAX_LENGTH} characters`;
  // The URL parser mends backslashes, missing slashes and white space; a receiver's own parser may mend otherwise.
  if (!/^https:\/\/[^/?#][\x21-\x7e]*$/i.test(text) || text.includes("\\"))
    return "must be a public https URL";
  if (/^https:\/\/[^/?#]*%/i.test(text)) return "must not have an encoded host name";
  if (!URL.canParse(text)) return "must be a valid URL";
  const url = new URL(text);
  if (url.username || url.password) return "must not carry a user name or password";
  if (url.hash) return "must not have a fragment";
  if (!PORTS.includes(url.port)) return "must use port 443 or 8443";
  const hostname = bareHostname(url);
  if (isIP(hostname)) return undefined;
  if (!hostname.includes(".")) return "must be a public host name";
  const isSpecial = REFUSED_SUFFIXES.some((suffix) => hostname === suffix || hostname.endsWith(`.${suffix}`));
  return isSpecial ? "must be a public host name" : undefined;
}

function bareHostname(url: URL): string {
  return url.hostname.replace(/^\[|\]$/g, "").replace(/\.$/, "");
}

async function resolveAll(hostname: string): Promise<readonly string[]> {
  const timeout = AbortSignal.timeout(RESOLVE_TIMEOUT_MS);
  const late = new Promise<never>((_, reject) => {
    timeout.addEventListener("abort", () => reject(new Error("The name did not resolve in time.")), {
      once: true,
    });
  });
  const answers = await Promise.race([dns.lookup(hostname, { all: true, verbatim: true }), late]);
  return answers.map(({ address }) => address);
}

function blockList(ranges: readonly string[], family: "ipv4" | "ipv6"): BlockList {
  const list = new BlockList();
  for (const range of ranges) {
    const [network = "", prefix = ""] = range.split("/");
    list.addSubnet(network, Number(prefix), family);
  }
  return list;
}
