// Which addresses are on the public Internet. What embeds another address (6to4, NAT64 …) is not.
import { BlockList, isIP } from "node:net";
import { NOT_PUBLIC_IPV4 } from "../../infra/not-public.ts";

/** Union of what Svix, Smokescreen and the IANA special-purpose registries refuse. */
const IPV4_RANGES = [
  ...NOT_PUBLIC_IPV4,
  "192.0.2.0/24",
  "192.31.196.0/24",
  "192.52.193.0/24",
  "192.88.99.0/24",
  "192.175.48.0/24",
  "198.51.100.0/24",
  "203.0.113.0/24",
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

/** Whether an address is on the public Internet. */
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

function blockList(ranges: readonly string[], family: "ipv4" | "ipv6"): BlockList {
  const list = new BlockList();
  for (const range of ranges) {
    const [network = "", prefix = ""] = range.split("/");
    list.addSubnet(network, Number(prefix), family);
  }
  return list;
}
