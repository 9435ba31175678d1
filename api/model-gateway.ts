// The model gateway's place in a Berth: whether assistants can reach one, and the listeners of this process.
import { readFile } from "node:fs/promises";
import type { Logger } from "pino";
import type { MODEL_APIS, ModelApis } from "../infra/assistant/model-apis.ts";
import type { KnownProvider } from "../infra/assistant/openclaw.ts";
import type { Gateway } from "../infra/gateway/gateway.ts";
import type { PriceTable } from "../infra/gateway/prices.ts";
import { PROVIDERS } from "../infra/gateway/providers.ts";
import type { AddressSearch, NamesLead } from "../infra/target-row.ts";
import { targetNamed, targetsOf } from "../infra/targets.ts";
import type { Resolve } from "../stacks/callbacks/network.ts";
import type { Database } from "../stacks/database/database.ts";
import { findDeployment } from "../stacks/deployments/deployments.ts";
import { modelServers } from "../stacks/model-servers/model-servers.ts";
import type { SecretBox } from "../stacks/secret.ts";
import type { GatewayReach, ModelGatewaySettings, StackSettings } from "../stacks/settings.ts";
import { noteAlive, noteGone } from "../stacks/usage/alive.ts";
import { type Authority, keptAuthority } from "../stacks/usage/authority.ts";
import { ModelLedger } from "../stacks/usage/ledger.ts";
import { watchSpend } from "../stacks/usage/watch.ts";
import type { Config } from "./config/config.ts";

/** The listeners' code, and that of certificates and prices, is loaded where it is used: a server without a gateway starts without it. */
const loadListeners = () => import("../infra/gateway/listener.ts");
const createAuthority = async () => (await import("../infra/gateway/certificates.ts")).createAuthority();

/** What runs when the gateway is stopped may go on for so long. */
const GRACE_MS = 10_000;

export interface KeptParts {
  readonly database: Database;
  readonly box: SecretBox;
}

interface GatewayParts {
  readonly store: KeptParts;
  readonly settings: StackSettings;
  readonly prices: PriceTable;
  readonly modelUrls: ModelApis;
  readonly log: Logger;
}

/**
 * How assistants reach the gateway; undefined where they get the providers' keys themselves.
 * @throws Error when they would get the operator's, and that was not accepted
 */
export async function findGateway(
  { gateway, places, stacks, role, sharesModelKeys }: Config,
  { database, box }: KeptParts,
  log: Logger,
): Promise<ModelGatewaySettings | undefined> {
  const { mode, url, port } = gateway;
  if (mode === "off") return undefined;
  const byok = mode === "all";
  const byUrl = url === undefined ? undefined : ({ form: "url", url } as const);
  const targets = targetsOf(places);
  // A URL is for all of one target; of several, it is for those whose assistants no names can lead.
  if (byUrl && targets.length === 1) return { byok, reach: byUrl };
  const reaches = new Map<string, GatewayReach | null>();
  for (const target of targets) {
    const { names } = await targetNamed(target).load();
    const reach = await reachByNames(names, role, port, stacks.hostRules !== "leave");
    if (reach === "names") {
      const { certificate: caPem } = await keptAuthority(database.sql, box, createAuthority);
      reaches.set(target, { form: "names", caPem });
      continue;
    }
    reaches.set(target, byUrl ?? null);
    if (byUrl) continue;
    const where = targets.length === 1 ? "on this machine" : `of the target ${target}`;
    const found = `Assistants ${where} can't reach the model gateway, so each gets its model key itself. ${reach.whyNot}`;
    if (Object.keys(stacks.modelKeys).length > 0 && !sharesModelKeys)
      throw new Error(
        `${found}\nThe operator's own model keys would be handed to customers' assistants: unset them, or accept that with BERTH_ALLOW_SHARED_MODEL_KEYS=yes.`,
      );
    log.warn(found);
  }
  const [reach] = [...reaches.values()].filter((one) => one !== null);
  return reach && { byok, reach, otherwise: Object.fromEntries(reaches) };
}

/**
 * Where Berth itself asks providers, and which servers of customers' own: as the gateway does. A base URL may end with the
 * version of the API.
 */
export function withOwnUrls(
  apis: typeof MODEL_APIS,
  { baseUrls, privateHosts }: Config["gateway"],
  resolve: Resolve,
): ModelApis {
  const own = Object.entries(baseUrls).map(([provider, url]) => {
    const { version } = PROVIDERS[provider as KnownProvider];
    return [provider, url.endsWith(version) ? url.slice(0, -version.length) : url];
  });
  return { ...apis, ...Object.fromEntries(own), strangers: modelServers(resolve, privateHosts) };
}

/** The operator's own prices. @throws Error naming their file, and what is wrong with it */
export async function readPrices({ pricesFile: file }: Config["gateway"]): Promise<PriceTable> {
  if (file === undefined) return {};
  const { PRICE_TABLE } = await import("../infra/gateway/prices.ts");
  try {
    return PRICE_TABLE.parse(JSON.parse(await readFile(file, "utf8")));
  } catch (error) {
    throw new Error(`The prices in BERTH_MODEL_PRICES, ${file}, can't be used: ${(error as Error).message}`, {
      cause: error,
    });
  }
}

const NO_NAMES = { whyNot: "Let them reach it by a URL: set BERTH_GATEWAY_URL." };

async function reachByNames(
  names: NamesLead | undefined,
  role: Config["role"],
  port: number,
  setsRules: boolean,
): Promise<"names" | { readonly whyNot: string }> {
  if (!names) return NO_NAMES;
  // Only who carries operations out is where the assistants are.
  return role === "api" ? "names" : names.reach(port, setsRules);
}

/** Listens for assistants. The returned function ends that, and settles what has ended. */
export async function startGateway(
  { gateway: config, host }: Config,
  { store: { database, box }, settings, prices, modelUrls, log }: GatewayParts,
): Promise<() => Promise<void>> {
  const { modelGateway, subnetPool, dataDir } = settings;
  if (!modelGateway) return async () => {};
  await using opened = new AsyncDisposableStack();
  const ledger = new ModelLedger({ sql: database.sql, box, settings, log });
  const alone = database.kind === "pglite";
  await noteAlive(database.sql, ledger.gatewayId);
  opened.defer(async () => {
    await ledger.close();
    await noteGone(database.sql, ledger.gatewayId);
  });
  opened.defer(
    watchSpend({
      sql: database.sql,
      ledger,
      dataDir,
      alone,
      log,
    }),
  );
  const { baseUrls, bodyBytes } = config;
  const { openGateway } = await import("../infra/gateway/gateway.ts");
  const { close, listen, openPathsServer } = await loadListeners();
  const gateway = openGateway({
    access: ledger,
    baseUrls,
    ...(modelUrls.strangers && { strangers: modelUrls.strangers }),
    prices,
    longestBody: bodyBytes,
    onProblem: (problem) => log.warn({ problem }, "a request to a model's provider went wrong"),
  });
  opened.defer(() => gateway.close());
  const reaches = [modelGateway.reach, ...Object.values(modelGateway.otherwise ?? {})];
  if (reaches.some((reach) => reach?.form === "url")) {
    const server = openPathsServer(gateway);
    await listen(server, config.port, host);
    opened.defer(() => close(server, GRACE_MS));
  }
  if (reaches.some((reach) => reach?.form === "names")) {
    const authority = await keptAuthority(database.sql, box, createAuthority);
    const isOwn = async (id: string) => (await findDeployment(database.sql, id)) !== undefined;
    const where = { port: config.port, subnetPool, isOwn };
    for (const target of targetsOf(settings.places)) {
      const { names } = await targetNamed(target).load();
      if (names) opened.defer(await listenOnBridges(names, gateway, authority, where, log));
    }
  }
  const open = opened.move();
  return () => open.disposeAsync();
}

/** A server for each bridge of an assistant, as they come and go. */
async function listenOnBridges(
  names: NamesLead,
  gateway: Gateway,
  authority: Authority,
  { port, ...search }: AddressSearch & { readonly port: number },
  log: Logger,
): Promise<() => Promise<void>> {
  const { close, listen, openNamesServer } = await loadListeners();
  const servers = new Map<string, ReturnType<typeof openNamesServer>>();
  const failed = new Set<string>();
  const end = names.watchAddresses(search, {
    async appeared(address) {
      const server = openNamesServer(gateway, authority);
      await listen(server, port, address).catch((error: NodeJS.ErrnoException) => {
        // Its address may come a moment later.
        if (error.code !== "EADDRNOTAVAIL" && !failed.has(address))
          log.error({ err: error, address, port }, "the model gateway can't listen there");
        failed.add(address);
        throw error;
      });
      failed.delete(address);
      servers.set(address, server);
    },
    async gone(address) {
      const server = servers.get(address);
      servers.delete(address);
      if (server) await close(server, 0);
    },
  });
  return async () => {
    await end();
    await Promise.all([...servers.values()].map((server) => close(server, GRACE_MS)));
  };
}
