// The ranges by name, at their borders: the library's table must go on holding all of them.
import { expect, it } from "vitest";
import { isPublicAddress } from "../../../stacks/callbacks/public-address.ts";

it.each([
  ["this network", "0.0.0.0", "0.255.255.255"],
  ["private 10/8", "10.0.0.0", "10.255.255.255"],
  ["carrier-grade NAT", "100.64.0.0", "100.127.255.255"],
  ["loopback", "127.0.0.0", "127.255.255.255"],
  ["link-local, the clouds' metadata", "169.254.0.0", "169.254.255.255"],
  ["private 172.16/12", "172.16.0.0", "172.31.255.255"],
  ["protocol assignments", "192.0.0.0", "192.0.0.255"],
  ["documentation 1", "192.0.2.0", "192.0.2.255"],
  ["AS112", "192.31.196.0", "192.31.196.255"],
  ["AMT", "192.52.193.0", "192.52.193.255"],
  ["6to4 relays", "192.88.99.0", "192.88.99.255"],
  ["private 192.168/16", "192.168.0.0", "192.168.255.255"],
  ["AS112, delegated", "192.175.48.0", "192.175.48.255"],
  ["benchmarks", "198.18.0.0", "198.19.255.255"],
  ["documentation 2", "198.51.100.0", "198.51.100.255"],
  ["documentation 3", "203.0.113.0", "203.0.113.255"],
  ["multicast", "224.0.0.0", "239.255.255.255"],
  ["reserved and broadcast", "240.0.0.0", "255.255.255.255"],
  ["Azure's host", "168.63.129.16", "168.63.129.16"],
  ["IPv6 unspecified, IPv4-compatible", "::", "::ffff:ffff"],
  ["IPv6 loopback", "::1", "::1"],
  ["IPv4-mapped, of a public address too", "::ffff:0.0.0.0", "::ffff:1.1.1.1"],
  ["IPv4-translated", "::ffff:0:0:0", "::ffff:0:1.1.1.1"],
  ["NAT64", "64:ff9b::", "64:ff9b::1.1.1.1"],
  ["NAT64, local", "64:ff9b:1::", "64:ff9b:1:ffff:ffff:ffff:ffff:ffff"],
  ["discard", "100::", "100::ffff:ffff:ffff:ffff"],
  ["dummy prefix", "100:0:0:1::", "100:0:0:1:ffff:ffff:ffff:ffff"],
  ["IETF protocols, Teredo among them", "2001::", "2001:1ff:ffff:ffff:ffff:ffff:ffff:ffff"],
  ["IPv6 documentation", "2001:db8::", "2001:db8:ffff:ffff:ffff:ffff:ffff:ffff"],
  ["6to4", "2002::", "2002:ffff:ffff:ffff:ffff:ffff:ffff:ffff"],
  ["IPv6 AS112", "2620:4f:8000::", "2620:4f:8000:ffff:ffff:ffff:ffff:ffff"],
  ["IPv6 documentation 2", "3fff::", "3fff:fff:ffff:ffff:ffff:ffff:ffff:ffff"],
  ["not assigned yet", "4000::", "4000::1"],
  ["segment routing", "5f00::", "5f00:ffff:ffff:ffff:ffff:ffff:ffff:ffff"],
  ["unique local", "fc00::", "fdff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"],
  ["IPv6 link-local, with a zone too", "fe80::", "fe80::1%eth0"],
  ["site-local", "fec0::", "feff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"],
  ["IPv6 multicast", "ff00::", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"],
])("%s is not public", (_, first, last) => {
  expect([isPublicAddress(first), isPublicAddress(last)]).toEqual([false, false]);
});

it.each([
  "1.0.0.0",
  "9.255.255.255",
  "11.0.0.0",
  "100.63.255.255",
  "100.128.0.0",
  "168.63.129.15",
  "172.15.255.255",
  "172.32.0.0",
  "198.17.255.255",
  "198.20.0.0",
  "223.255.255.255",
  "2001:200::",
  "2003::",
  "2606:4700:4700::1111",
  "3ffe:ffff::",
])("%s is public", (address) => {
  expect(isPublicAddress(address)).toBe(true);
});

it.each(["", "127.1", "1.1", "0x1.1.1.1", "16843009", "1.1.1.1 ", "example.com", "[2606::1]"])(
  "%j is no address",
  (text) => {
    expect(isPublicAddress(text)).toBe(false);
  },
);
