// Which addresses of this host an installation's assistants look for the model gateway at, as its bridges come and go.
import { execFileSync } from "node:child_process";
import { afterEach, expect, it } from "vitest";
import { bridgeAddress, bridgeName } from "../../../infra/docker/bridge.ts";
import { watchGatewayAddresses } from "../../../infra/docker/gateway-addresses.ts";

const isRoot = process.getuid?.() === 0;
const POOL = "10.213.4.0/22";
const BRIDGES = ["10.213.4.0/28", "10.213.4.16/28", "10.213.6.32/28", "10.213.7.240/28"].map(bridgeName);
/** Deployments of another installation; each has the name of its bridge here. */
const foreign = new Set<string>();

let stop: (() => Promise<void>) | undefined;
afterEach(async () => {
  foreign.clear();
  await stop?.();
});

/** What is listened on; `isRefused` says which addresses can't be listened on yet. */
function watched(
  listDevices?: () => Promise<string[]>,
  isRefused: (address: string) => boolean = () => false,
) {
  const open: string[] = [];
  const attempts: string[] = [];
  stop = watchGatewayAddresses(
    {
      subnetPool: POOL,
      isOwn: async (id) => !foreign.has(id),
      listOwners: async () => new Map(BRIDGES.map((name) => [name, name])),
      ...(listDevices && { listDevices }),
    },
    {
      async appeared(address) {
        attempts.push(address);
        if (isRefused(address)) throw new Error("EADDRNOTAVAIL");
        open.push(address);
      },
      async gone(address) {
        open.splice(open.indexOf(address), 1);
      },
    },
  );
  return { open, attempts };
}

it("they are the first of each network in its own pool, and no other device's", async () => {
  expect(bridgeAddress("10.213.4.16/28")).toBe("10.213.4.17");
  const bridges = ["10.213.4.16/28", "10.213.7.240/28", "10.213.8.0/28", "10.213.3.240/28"].map(bridgeName);
  const { open } = watched(async () => ["lo", "eth0", "docker0", "berth-veth", "berth-0ad5", ...bridges]);
  await expect.poll(() => open.toSorted()).toEqual(["10.213.4.17", "10.213.7.241"]);
});

it("each is reported once when it comes, and once when it goes", async () => {
  let devices = [bridgeName("10.213.4.0/28")];
  const { open, attempts } = watched(async () => devices);
  await expect.poll(() => open).toEqual(["10.213.4.1"]);
  devices = [bridgeName("10.213.4.0/28"), bridgeName("10.213.4.16/28")];
  await expect.poll(() => open).toEqual(["10.213.4.1", "10.213.4.17"]);
  devices = [bridgeName("10.213.4.16/28")];
  await expect.poll(() => open).toEqual(["10.213.4.17"]);
  expect(attempts).toEqual(["10.213.4.1", "10.213.4.17"]);
});

it("another installation's in the same pool is left alone, and nobody's too", async () => {
  foreign.add(bridgeName("10.213.4.0/28"));
  const nobodys = bridgeName("10.213.5.0/28");
  const { open, attempts } = watched(async () => [...BRIDGES, nobodys]);
  await expect.poll(() => open.toSorted()).toEqual(["10.213.4.17", "10.213.6.33", "10.213.7.241"]);
  await new Promise((resolve) => setTimeout(resolve, 700));
  expect(attempts.toSorted()).toEqual(["10.213.4.17", "10.213.6.33", "10.213.7.241"]);
});

it("one that can't be listened on yet is tried again, and holds up no other", async () => {
  let isReady = false;
  const { open } = watched(
    async () => ["10.213.4.0/28", "10.213.4.16/28"].map(bridgeName),
    (address) => address === "10.213.4.1" && !isReady,
  );
  await expect.poll(() => open).toEqual(["10.213.4.17"]);
  isReady = true;
  await expect.poll(() => open).toEqual(["10.213.4.17", "10.213.4.1"]);
});

it("where devices can't be listed nothing is reported, and after its end nothing either", async () => {
  let isBroken = true;
  const { open } = watched(async () => {
    if (isBroken) throw new Error("ENOENT");
    return [bridgeName("10.213.4.0/28")];
  });
  await stop?.();
  isBroken = false;
  await new Promise((resolve) => setTimeout(resolve, 700));
  expect(open).toEqual([]);
});

it.skipIf(!isRoot)(
  "a bridge of this host is seen before anything runs on it (skipped without root)",
  async () => {
    const bridge = bridgeName("10.213.6.32/28");
    const ip = (...args: string[]) => execFileSync("ip", args, { stdio: "ignore" });
    const { open } = watched();
    ip("link", "add", bridge, "type", "bridge");
    try {
      await expect.poll(() => open).toEqual(["10.213.6.33"]);
    } finally {
      ip("link", "del", bridge);
    }
    await expect.poll(() => open).toEqual([]);
  },
);
