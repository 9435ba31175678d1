// The kernel's tables of routes and sockets, as Linux 6 spells them, and those of this machine.
import { createServer } from "node:net";
import { expect, it } from "vitest";
import {
  isFree,
  parseListeners,
  parseRoutes,
  programsOf,
  readListeners,
} from "../../../infra/docker/proc-net.ts";

it("routes are read with their devices, the default route is not", () => {
  const table = [
    "Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT",
    "eth0\t00000000\t0102A8C0\t0003\t0\t0\t0\t00000000\t0\t0\t0",
    "tun0\t0000D50A\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0",
    "berth-0ad50010\t1000D50A\t00000000\t0001\t0\t0\t0\tF0FFFFFF\t0\t0\t0",
    "",
  ].join("\n");
  expect(parseRoutes(table)).toEqual([
    { cidr: "10.213.0.0/24", device: "tun0" },
    { cidr: "10.213.0.16/28", device: "berth-0ad50010" },
  ]);
  expect(parseRoutes("")).toEqual([]);
});

it("of sockets those count that listen on loopback, or everywhere", () => {
  const row = (local: string, state: string, inode: number) =>
    `   0: ${local} 00000000:0000 ${state} 00000000:00000000 00:00000000 00000000     0        0 ${inode} 1 0 100 0 0 10 0`;
  const table = [
    "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode",
    row("0100007F:4E20", "0A", 1),
    row("00000000:4E21", "0A", 2),
    row("0100007F:4E22", "01", 3),
    row("0A00A8C0:4E23", "0A", 4),
    row("00000000000000000000000000000000:4E24", "0A", 5),
    "",
  ].join("\n");
  expect(parseListeners(table)).toEqual([
    { port: 20000, inode: "1" },
    { port: 20001, inode: "2" },
    { port: 20004, inode: "5" },
  ]);
});

it.each(["127.0.0.1", "0.0.0.0", "::", "::ffff:127.0.0.1"])(
  "a server on %s is found with its process",
  async (host) => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, host, resolve));
    try {
      const { port } = server.address() as { port: number };
      const found = (await readListeners()).filter((one) => one.port === port);
      expect(found).toHaveLength(1);
      const inode = found[0]?.inode ?? "";
      expect((await programsOf(new Set([inode]))).get(inode)).toMatch(
        new RegExp(` \\(pid ${process.pid}\\)$`),
      );
    } finally {
      server.close();
    }
  },
);

it.each(["127.0.0.1", "0.0.0.0", "::"])(
  "a port on which somebody listens at %s is not free",
  async (host) => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, host, resolve));
    const { port } = server.address() as { readonly port: number };
    expect(await isFree(port)).toBe(false);
    await new Promise((resolve) => server.close(resolve));
    expect(await isFree(port)).toBe(true);
  },
);
