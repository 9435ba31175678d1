// What a Berth needs before anything works: the data folder and its keys, settings, payments, where stacks live.
import { pino } from "pino";
import { MODEL_APIS } from "../infra/assistant/model-apis.ts";
import { TELEGRAM_API } from "../infra/assistant/telegram-api.ts";
import type { Place } from "../infra/target.ts";
import { openTarget, targetNamed, targetsOf } from "../infra/targets.ts";
import { type CallbackNetwork, type Resolve, resolveByDns } from "../stacks/callbacks/network.ts";
import { DELAYS_MS } from "../stacks/callbacks/schedule.ts";
import { openDataFolder } from "../stacks/data-folder.ts";
import { keptKey } from "../stacks/keys/key-files.ts";
import { openStore, type Store } from "../stacks/keys/store.ts";
import { openPayments } from "../stacks/payments/payments.ts";
import { stateFolder } from "../stacks/pulumi/state-files.ts";
import type { StackSettings } from "../stacks/settings.ts";
import { childEnvironment, type Tools } from "./config/child-environment.ts";
import type { Config } from "./config/config.ts";
import { warnOfSurroundings } from "./config/surroundings.ts";
import { findGateway, readPrices, withOwnUrls } from "./model-gateway.ts";

/**
 * How names are resolved, how long after one attempt the next is made, and where providers and Telegram are, if not as in
 * production.
 */
export interface StartOptions {
  readonly resolve?: Resolve;
  readonly callbackDelaysMs?: readonly number[];
  readonly modelApis?: typeof MODEL_APIS;
  readonly telegramApi?: string;
  /** Folder of the built dashboard; undefined where there is none. */
  readonly dashboard?: string | undefined;
}

const IN_PRODUCTION = {
  resolve: resolveByDns(),
  callbackDelaysMs: DELAYS_MS,
  modelApis: MODEL_APIS,
  telegramApi: TELEGRAM_API,
  dashboard: undefined,
} satisfies Required<StartOptions>;

export type Prepared = Awaited<ReturnType<typeof prepare>>;

/** What has to be known, or to be there, before anything works: the data folder and its keys, settings, payments. */
export async function prepare(
  config: Config,
  tools: Tools,
  given: StartOptions,
  opened: AsyncDisposableStack,
) {
  const options = { ...IN_PRODUCTION, ...given };
  const log = pino({ level: config.logLevel, redact: ["*.apiKey", "*.passphrase"] });
  const folder = await openDataFolder(config.stacks.dataDir, (message) => log.warn(message));
  warnOfSurroundings(config, log);
  const store = await openKept(config, folder);
  opened.defer(() => store.close());
  const apiKey = config.apiKey
    ? { value: config.apiKey, isNew: false }
    : await keptKey(folder, "api-key", newApiKey);
  const environment = await childEnvironment(config, tools);
  const network: CallbackNetwork = { resolve: options.resolve, pinned: config.callbackResolve };
  if (network.pinned.length > 0)
    log.warn(
      { pinned: network.pinned },
      "BERTH_CALLBACK_RESOLVE is set: callbacks go to these addresses, private ones too",
    );
  const payments = await openPayments(config.payments);
  const modelUrls = withOwnUrls(options.modelApis, config.gateway, options.resolve);
  const places = await findPlaces(config, tools, environment);
  const modelGateway = await findGateway(config, store, log);
  const settings: StackSettings = { ...config.stacks, places, modelGateway };
  return {
    log,
    store,
    apiKey,
    environment,
    network,
    payments,
    settings,
    dashboard: options.dashboard,
    callbackDelaysMs: options.callbackDelaysMs,
    prices: await readPrices(config.gateway),
    modelUrls,
    modelApis: config.checksModels ? modelUrls : undefined,
    telegramApi: config.checksBots ? options.telegramApi : undefined,
  };
}

function openKept({ stacks, databaseUrl, passphrase }: Config, folder: string): Promise<Store> {
  return openStore({
    folder,
    databaseUrl,
    backups: stacks.backups,
    stateFolder: stateFolder(stacks.backendUrl),
    keepsPassphrase: passphrase === undefined,
  });
}

/** Where deployments are to live, looked up once. @throws Error when the target refuses, with what to do */
async function findPlaces(
  { places, role }: Config,
  { pulumi }: Tools,
  environment: Record<string, string>,
): Promise<readonly Place[]> {
  const search = { carriesOut: role !== "api", pulumiPath: pulumi.path, environment };
  const ofEach = targetsOf(places).map(async (name) => {
    const own = places.filter(({ target }) => target === name);
    return (await targetNamed(name).load()).findPlaces(own, search);
  });
  const found = (await Promise.all(ofEach)).flat();
  // The first who asks for a log would wait for the target's code.
  await Promise.all(found.map(openTarget));
  return found;
}

function newApiKey(): string {
  return `brt_${Buffer.from(crypto.getRandomValues(new Uint8Array(24))).toString("base64url")}`;
}
