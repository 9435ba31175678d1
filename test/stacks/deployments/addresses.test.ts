import { expect, it } from "vitest";
import { addressAt, addressCount } from "../../../stacks/deployments/addresses.ts";
import type { StackSettings } from "../../../stacks/settings.ts";

const settings = (first: number, last: number, subnetPool: string) =>
  ({ portRange: { first, last }, subnetPool }) as StackSettings;

it("places are counted by the shorter of ports and subnets", () => {
  expect(addressCount(settings(20000, 24095, "10.213.0.0/16"))).toBe(4096);
  expect(addressCount(settings(20000, 20009, "10.213.0.0/16"))).toBe(10);
  expect(addressCount(settings(20000, 29999, "10.213.0.0/24"))).toBe(16);
  expect(addressCount(settings(20000, 29999, "10.213.0.16/28"))).toBe(1);
});

it("every place has a port and a subnet of its own, inside the pool", () => {
  const range = settings(20000, 24095, "10.213.0.0/16");
  const all = Array.from({ length: 4096 }, (_, place) => addressAt(range, place));
  expect(new Set(all.map(({ hostPort }) => hostPort)).size).toBe(4096);
  expect(new Set(all.map(({ subnet }) => subnet)).size).toBe(4096);
  expect(all[0]).toEqual({ hostPort: 20000, subnet: "10.213.0.0/28" });
  expect(all[17]).toEqual({ hostPort: 20017, subnet: "10.213.1.16/28" });
  expect(all[4095]).toEqual({ hostPort: 24095, subnet: "10.213.255.240/28" });
  expect(addressAt(settings(20000, 24095, "192.168.7.0/24"), 1).subnet).toBe("192.168.7.16/28");
});
