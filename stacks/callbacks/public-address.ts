// Which addresses are on the public Internet. What embeds another address (6to4, NAT64 …) is not.
import { isIP } from "node:net";
import ipaddr from "ipaddr.js";

const GLOBAL_UNICAST = ipaddr.IPv6.parseCIDR("2000::/3");
/** Azure's metadata and DNS: it looks public and is not. */
const AZURE_HOST = "168.63.129.16";

/** Whether an address is on the public Internet: in none of the ranges that IANA keeps for special purposes. */
export function isPublicAddress(address: string): boolean {
  // The library also takes what is no address as the resolver writes it: 127.1, 0x7f.1.
  if (!isIP(address) || address === AZURE_HOST) return false;
  const parsed = ipaddr.parse(address);
  if (parsed.range() !== "unicast") return false;
  return parsed instanceof ipaddr.IPv4 || parsed.match(GLOBAL_UNICAST);
}
