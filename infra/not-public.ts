/** What of IPv4 no host may be on: this network, private, shared, link-local, benchmark, multicast and reserved ranges. */
export const NOT_PUBLIC_IPV4 = [
  "0.0.0.0/8",
  "10.0.0.0/8",
  "100.64.0.0/10",
  "127.0.0.0/8",
  "169.254.0.0/16",
  "172.16.0.0/12",
  "192.0.0.0/24",
  "192.168.0.0/16",
  "198.18.0.0/15",
  "224.0.0.0/4",
  "240.0.0.0/4",
  // Azure's metadata and DNS address: it looks public and is not.
  "168.63.129.16/32",
] as const;
