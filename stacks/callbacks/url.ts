// Which callback URLs are taken: public https only. Judged when one is set, and again before every delivery,
// because a name may resolve to something else by then.
import { isIP } from "node:net";
import { addressesOf, bareHostname, type CallbackNetwork, pinnedHost, Refused } from "./network.ts";

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

/**
 * Why this URL is refused, or undefined if it is fine. A name that can't be resolved right now is accepted: it is
 * judged again before every delivery.
 */
export async function refuseCallbackUrl(network: CallbackNetwork, text: string): Promise<string | undefined> {
  const refusal = refuseForm(network, text);
  if (refusal) return refusal;
  try {
    await addressesOf(network, new URL(text));
  } catch (error) {
    if (error instanceof Refused) return error.message;
  }
  return undefined;
}

/** Why the text alone is refused. A host and port that the operator has named may be any. */
export function refuseForm(network: CallbackNetwork, text: string): string | undefined {
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
  if (isIP(hostname)) return undefined;
  if (!hostname.includes(".")) return "must be a public host name";
  const isSpecial = REFUSED_SUFFIXES.some((suffix) => hostname === suffix || hostname.endsWith(`.${suffix}`));
  return isSpecial ? "must be a public host name" : undefined;
}
