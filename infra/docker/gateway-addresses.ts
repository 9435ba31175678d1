// The addresses of this host at which an installation's assistants look for the model gateway: one on each of their bridges.
// Bridges are listed by the kernel: `os.networkInterfaces` leaves out those that no container uses yet.
import { readdir } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import ipaddr from "ipaddr.js";
import type { AddressListener, AddressSearch } from "../target-row.ts";
import { addressOfBridge } from "./bridge.ts";

const LOOK_EVERY_MS = 500;
const DEVICES = "/sys/class/net";

/** Reports what there is, and then each change within a second. The returned function ends that, and reports nothing more. */
export function watchGatewayAddresses(
  { subnetPool, listDevices = () => readdir(DEVICES) }: AddressSearch,
  listener: AddressListener,
): () => Promise<void> {
  const ending = new AbortController();
  const known = new Set<string>();
  const pool = ipaddr.IPv4.parseCIDR(subnetPool);
  const look = async () => {
    const addresses = new Set((await listDevices()).flatMap((name) => addressOfBridge(name, pool) ?? []));
    const appeared = [...addresses].filter((address) => !known.has(address));
    const gone = [...known].filter((address) => !addresses.has(address));
    await Promise.allSettled([
      ...appeared.map(async (address) => {
        await listener.appeared(address);
        known.add(address);
      }),
      ...gone.map(async (address) => {
        known.delete(address);
        await listener.gone(address);
      }),
    ]);
  };
  const watching = (async () => {
    while (!ending.signal.aborted) {
      await look().catch(() => {});
      await sleep(LOOK_EVERY_MS, undefined, { signal: ending.signal }).catch(() => {});
    }
  })();
  return async () => {
    ending.abort();
    await watching;
  };
}
