// A range of ports that the kernel gives to outgoing connections is found, unless it is kept free.
import { expect, it } from "vitest";
import { findingOf } from "../../../infra/docker/outgoing-ports.ts";

const PORTS = { first: 20_000, last: 24_095 };

it.each([
  ["32768\t60999\n", "\n"],
  ["1024\t19999", ""],
  ["24096\t60999", ""],
  ["15000\t64000\n", "20000-24095\n"],
  ["15000\t64000\n", "8080,19000-21000,21001-30000\n"],
  ["22000 64000", "21000-24095"],
  ["", ""],
])("of %j, without %j, none is Berth's", (given, reserved) => {
  expect(findingOf(PORTS, given, reserved)).toBeUndefined();
});

it.each([
  ["15000\t64000\n", "\n"],
  ["24095\t60999", ""],
  ["1024\t20000", ""],
  ["15000\t64000\n", "20000-24094\n"],
  ["15000\t64000\n", "20001-24095,9000"],
])("of %j, without %j, some are Berth's, and the ways out are named", (given, reserved) => {
  const finding = findingOf(PORTS, given, reserved);
  expect(finding?.message).toMatch(/BERTH_PORT_RANGE \(20000-24095\) are among those .* \(\d+-\d+\)/);
  expect(finding?.advice).toContain("net.ipv4.ip_local_reserved_ports=20000-24095");
});
