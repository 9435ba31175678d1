// Names of assistants' bridges, by which the host's firewall knows an assistant's packets, and the host's addresses there.
import ipaddr from "ipaddr.js";

/** Docker's option of a network that has a bridge of a name of its own. */
export const BRIDGE_NAME = "com.docker.network.bridge.name";

/** Longest that leaves room for an address: the kernel allows 15 characters. */
export const BRIDGE_PREFIX = "berth-";

/** Name of the bridge of a deployment's network, e.g. `berth-0ad50010` for 10.213.0.16/28: as unique as the subnet. */
export function bridgeName(subnet: string): string {
  const [address] = ipaddr.IPv4.parseCIDR(subnet);
  return BRIDGE_PREFIX + Buffer.from(address.octets).toString("hex");
}

/** The host's address on the bridge of that subnet: the engine takes the first one. */
export function bridgeAddress(subnet: string): string {
  return firstAddress(ipaddr.IPv4.parseCIDR(subnet)[0]);
}

/** As bridgeAddress, by the bridge's name; undefined for another device, or a bridge outside of that pool. */
export function addressOfBridge(device: string, pool: [ipaddr.IPv4, number]): string | undefined {
  const name = device.startsWith(BRIDGE_PREFIX) ? device.slice(BRIDGE_PREFIX.length) : "";
  if (!/^[0-9a-f]{8}$/.test(name)) return undefined;
  const network = new ipaddr.IPv4([...Buffer.from(name, "hex")]);
  return network.match(pool) ? firstAddress(network) : undefined;
}

function firstAddress({ octets }: ipaddr.IPv4): string {
  const [a = 0, b = 0, c = 0, d = 0] = octets;
  return [a, b, c, d + 1].join(".");
}
