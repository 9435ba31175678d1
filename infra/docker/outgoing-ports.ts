// Whether the kernel gives ports of Berth's range to outgoing connections: one may have an assistant's port just when its
// container starts.
import { readFile } from "node:fs/promises";
import type { HostFinding, PortRange } from "../found.ts";

const KERNEL = "/proc/sys/net/ipv4";

/** What the operator should know; undefined if it gives none of them, or this host does not show it. */
export async function portFinding(ports: PortRange): Promise<HostFinding | undefined> {
  const [given, reserved] = await Promise.all(
    ["ip_local_port_range", "ip_local_reserved_ports"].map((name) =>
      readFile(`${KERNEL}/${name}`, "utf8").catch(() => ""),
    ),
  );
  return findingOf(ports, given ?? "", reserved ?? "");
}

/**
 * @param given two numbers
 * @param reserved ranges that are left out, e.g. `8080,20000-24095`
 */
export function findingOf(ports: PortRange, given: string, reserved: string): HostFinding | undefined {
  const [first, last] = given.trim().split(/\s+/).map(Number);
  if (first === undefined || last === undefined || Number.isNaN(first + last)) return undefined;
  const from = Math.max(ports.first, first);
  const to = Math.min(ports.last, last);
  if (from > to || isReserved(from, to, reserved)) return undefined;
  const range = `${ports.first}-${ports.last}`;
  return {
    message: `Ports of BERTH_PORT_RANGE (${range}) are among those that the kernel gives to outgoing connections (${first}-${last}). An assistant whose port is taken so gets another one.`,
    advice: `Set BERTH_PORT_RANGE to ports outside of them, or keep Berth's free: sudo sysctl -w net.ipv4.ip_local_reserved_ports=${range}`,
  };
}

/** Whether all of them are. */
function isReserved(from: number, to: number, reserved: string): boolean {
  const ranges = reserved
    .trim()
    .split(",")
    .map((text) => text.split("-").map(Number))
    .map(([first = Number.NaN, last = first]) => ({ first, last }))
    .toSorted((one, other) => one.first - other.first);
  let next = from;
  for (const { first, last } of ranges) if (first <= next && last >= next) next = last + 1;
  return next > to;
}
