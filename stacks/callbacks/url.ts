// Which callback URLs are taken: public https only, checked by their text when one is set and before every delivery. What
// a name resolves to is checked at deliveries, in network.ts.
import { isIP } from "node:net";
import { bareHostname, type CallbackNetwork, pinnedHost } from "./network.ts";
import { isPublicAddress } from "./public-address.ts";

const MAX_LENGTH = 2_048;
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

/** Why this URL is refused, or undefined if it is fine. A host and port that the operator has named may be any. */
export function refuseCallbackUrl(
  network: Pick<CallbackNetwork, "pinned">,
  text: string,
): string | undefined {
  if (text.length > MAX_LENGTH) return `must have at most ${MAX_LENGTH} characters`;
  // The URL parser mends backslashes, missing slashes and white space; a receiver's own parser may mend otherwise.
  if (!/^https:\/\/(?![/?#])[\x21-\x7e]+$/i.test(text) || text.includes("\\"))
    return "must be a public https URL";
  if (/^https:\/\/[^/?#]*%/i.test(text)) return "must not have an encoded host name";
  if (!URL.canParse(text)) return "must be a valid URL";
  const url = new URL(text);
  if (url.username || url.password) return "must not carry a user name or password";
  if (url.hash) return "must not have a fragment";
  if (pinnedHost(network, url)) return undefined;
  if (!PORTS.includes(url.port)) return "must use port 443 or 8443";
  const hostname = bareHostname(url);
  if (isIP(hostname))
    return isPublicAddress(hostname) ? undefined : "must not point to a private or reserved address";
  if (!hostname.includes(".")) return "must be a public host name";
  const isSpecial = REFUSED_SUFFIXES.some((suffix) => hostname === suffix || hostname.endsWith(`.${suffix}`));
  return isSpecial ? "must be a public host name" : undefined;
}
