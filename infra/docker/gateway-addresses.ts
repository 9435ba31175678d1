// The addresses of this host at which an installation's assistants look for the model gateway: one on each of their bridges.
// Bridges are listed by the kernel: `os.networkInterfaces` leaves out those that no container uses yet. Whose they are, the
// engine knows: two installations of a host may have the same pool.
import { readdir } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import type Docker from "dockerode";
import ipaddr from "ipaddr.js";
import type { AddressListener, AddressSearch } from "../target-row.ts";
import { addressOfBridge, BRIDGE_NAME } from "./bridge.ts";
import { callEngine } from "./client.ts";
import { DEPLOYMENT_LABEL } from "./names.ts";

const LOOK_EVERY_MS = 500;
/** What is another installation's may be this one's later. */
const FOREIGN_FOR_MS = 5_000;
const DEVICES = "/sys/class/net";
const ENGINE_TIMEOUT_MS = 5_000;

/** Reports what there is, and then each change within a second. The returned function ends that, and reports nothing more. */
export function watchGatewayAddresses(search: AddressSearch, listener: AddressListener): () => Promise<void> {
  const ending = new AbortController();
  const watch = new AddressWatch(search, listener);
  const watching = (async () => {
    while (!ending.signal.aborted) {
      await watch.look().catch(() => {});
      await sleep(LOOK_EVERY_MS, undefined, { signal: ending.signal }).catch(() => {});
    }
  })();
  return async () => {
    ending.abort();
    await watching;
  };
}

class AddressWatch {
  readonly #search: AddressSearch;
  readonly #listener: AddressListener;
  readonly #known = new Set<string>();
  /** Until when they count as somebody else's (monotonic clock). */
  readonly #foreign = new Map<string, number>();

  constructor(search: AddressSearch, listener: AddressListener) {
    this.#search = search;
    this.#listener = listener;
  }

  async look(): Promise<void> {
    const { subnetPool, listDevices = () => readdir(DEVICES) } = this.#search;
    const pool = ipaddr.IPv4.parseCIDR(subnetPool);
    const bridges = (await listDevices()).flatMap((name) => {
      const address = addressOfBridge(name, pool);
      return address === undefined ? [] : [{ name, address }];
    });
    const present = new Set(bridges.map(({ address }) => address));
    const gone = [...this.#known].filter((address) => !present.has(address));
    const appeared = await this.#own(bridges.filter(({ address }) => this.#isNew(address)));
    await Promise.allSettled([
      ...appeared.map(async (address) => {
        await this.#listener.appeared(address);
        this.#known.add(address);
      }),
      ...gone.map(async (address) => {
        this.#known.delete(address);
        await this.#listener.gone(address);
      }),
    ]);
  }

  #isNew(address: string): boolean {
    return !this.#known.has(address) && (this.#foreign.get(address) ?? 0) < performance.now();
  }

  /** Those of this installation's deployments. One that the engine does not list yet is looked at again. */
  async #own(bridges: readonly { readonly name: string; readonly address: string }[]): Promise<string[]> {
    if (bridges.length === 0) return [];
    const { isOwn, listOwners = ownersOfBridges } = this.#search;
    const owners = await listOwners();
    const own: string[] = [];
    for (const { name, address } of bridges) {
      const deploymentId = owners.get(name);
      if (deploymentId === undefined) continue;
      if (await isOwn(deploymentId)) own.push(address);
      else this.#foreign.set(address, performance.now() + FOREIGN_FOR_MS);
    }
    return own;
  }
}

/** Ids of deployments, by the names of their networks' bridges. */
async function ownersOfBridges(): Promise<ReadonlyMap<string, string>> {
  const networks = await callEngine<Docker.NetworkInspectInfo[]>({
    // The question mark has docker-modem send the options as a query.
    path: "/networks?",
    method: "GET",
    options: { filters: { label: [DEPLOYMENT_LABEL] } },
    abortSignal: AbortSignal.timeout(ENGINE_TIMEOUT_MS),
  });
  return new Map(
    networks.map(({ Options, Labels }) => [Options?.[BRIDGE_NAME] ?? "", Labels?.[DEPLOYMENT_LABEL] ?? ""]),
  );
}
