// Names of assistants' bridges: the host's firewall knows an assistant's packets by them.
import ipaddr from "ipaddr.js";

/** Longest that leaves room for an address: the kernel allows 15 characters. */
export const BRIDGE_PREFIX = "berth-";

/** Name of the bridge of a deployment's network, e.g. `berth-0ad50010` for 10.213.0.16/28: as unique as the subnet. */
export function bridgeName(subnet: string): string {
  const [address] = ipaddr.IPv4.parseCIDR(subnet);
  return BRIDGE_PREFIX + Buffer.from(address.octets).toString("hex");
}
