// A running Berth: an installation behind an HTTP server. main.ts starts it; so do the tests.
import { type Logger, pino } from "pino";
import { MODEL_APIS } from "../infra/assistant/model-apis.ts";
import { TELEGRAM_API } from "../infra/assistant/telegram-api.ts";
import type { Place } from "../infra/target.ts";
import { openTarget, targetNamed } from "../infra/targets.ts";
import { AuditTrail } from "../stacks/accounts/audit-trail.ts";
import { KeyLookup } from "../stacks/accounts/key-lookup.ts";
import { type CallbackNetwork, type Resolve, resolveByDns } from "../stacks/callbacks/network.ts";
import { DELAYS_MS } from "../stacks/callbacks/schedule.ts";
import { openDataFolder } from "../stacks/data-folder.ts";
import { type Installation, type InstallationParts, openInstallation } from "../stacks/installation.ts";
import { keptKey } from "../stacks/keys/key-files.ts";
import { openStore, type Store } from "../stacks/keys/store.ts";
import { StatusReads } from "../stacks/operations/status-reads.ts";
import { openPayments } from "../stacks/payments/payments.ts";
import { exportStack, inspectStack } from "../stacks/pulumi/inspect-stack.ts";
import { stackWorkDir } from "../stacks/pulumi/stack-config.ts";
import { stateFolder } from "../stacks/pulumi/state-files.ts";
import type { StackSettings } from "../stacks/settings.ts";
import { openTracing } from "../stacks/tracing/open.ts";
import { type AppParts, createApp } from "./app.ts";
import { childEnvironment, type Tools } from "./config/child-environment.ts";
import type { Config } from "./config/config.ts";
import { openFilesLimit } from "./config/descriptors.ts";
import { deadProxies } from "./config/proxy-check.ts";
import { VERSION } from "./contract/version.ts";
import { close, httpServer, listen } from "./http-server.ts";
import { findGateway, readPrices, startGateway, withOwnUrls } from "./model-gateway.ts";
import { readinessOf } from "./routes/health.ts";

const FEW_FILES = 4_096;

export interface Berth {
  readonly url: string;
  readonly apiKey: { readonly value: string; readonly isNew: boolean };
  readonly installation: Installation;
  readonly log: Logger;
  /** Stops listening, lets running operations finish, closes the database. */
  close(): Promise<void>;
}

/**
 * How names are resolved, how long after one attempt the next is made, and where providers and Telegram are, if not as in
 * production.
 */
export interface CallbackOptions {
  readonly resolve?: Resolve;
  readonly callbackDelaysMs?: readonly number[];
  readonly modelApis?: typeof MODEL_APIS;
  readonly telegramApi?: string;
}

const IN_PRODUCTION = {
  resolve: resolveByDns(),
  callbackDelaysMs: DELAYS_MS,
  modelApis: MODEL_APIS,
  telegramApi: TELEGRAM_API,
} satisfies Required<CallbackOptions>;

/**
 * Opens the data folder and the database, starts the worker and listens, as the role says. What was opened is closed again,
 * the last first, when a later step throws.
 * @throws Error when the port is busy, the data folder is in use or the database can't be opened.
 */
export async function startBerth(
  config: Config,
  tools: Tools,
  options: CallbackOptions = {},
): Promise<Berth> {
  await using opened = new AsyncDisposableStack();
  const prepared = await prepare(config, tools, { ...IN_PRODUCTION, ...options }, opened);
  opened.defer(await openTracing(config.tracing, VERSION, prepared.log));
  const installation = await openInstallation(installationParts(config, tools, prepared));
  opened.defer(() => installation.close());
  if (config.role === "all" || config.role === "gateway") opened.defer(await startGateway(config, prepared));
  const serves = config.role === "all" || config.role === "api";
  const url = !serves ? "" : await serve(config, tools, prepared, installation, opened);
  const { apiKey, log } = prepared;
  const open = opened.move();
  return {
    url,
    apiKey,
    installation,
    log,
    close() {
      log.info("stopping: running operations may finish");
      return open.disposeAsync();
    },
  };
}

type Prepared = Awaited<ReturnType<typeof prepare>>;

/** What has to be known, or to be there, before anything works: the data folder and its keys, settings, payments. */
async function prepare(
  config: Config,
  tools: Tools,
  options: Required<CallbackOptions>,
  opened: AsyncDisposableStack,
) {
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
    callbackDelaysMs: options.callbackDelaysMs,
    prices: await readPrices(config.gateway),
    modelUrls,
    modelApis: config.checksModels ? modelUrls : undefined,
    telegramApi: config.checksBots ? options.telegramApi : undefined,
  };
}

/** Logs what about this machine leaves less room than a server needs, or what will fail later in other words. */
function warnOfSurroundings({ environment, limits }: Config, log: Logger): void {
  const files = openFilesLimit();
  if (files !== undefined && files < FEW_FILES)
    log.warn(
      { files, connections: limits.connections.most },
      "this process may open few files (LimitNOFILE, ulimit -n), so it takes few connections at once",
    );
  void deadProxies(environment).then((sentences) => sentences.map((sentence) => log.warn(sentence)));
}

function installationParts(
  { role, rehearses }: Config,
  { pulumi, plugins }: Tools,
  { apiKey: _apiKey, payments, prices: _prices, modelUrls: _modelUrls, ...shared }: Prepared,
): InstallationParts {
  return {
    ...shared,
    runsWorker: role === "all" || role === "worker",
    rehearses,
    version: VERSION,
    polar: payments.kind === "polar" ? payments.polar : undefined,
    pulumi,
    standIns: plugins.filter(({ origin }) => origin === "stand-in").map(({ name }) => name),
  };
}

/** Listens, and answers calls. @returns where */
async function serve(
  config: Config,
  tools: Tools,
  prepared: Prepared,
  installation: Installation,
  opened: AsyncDisposableStack,
): Promise<string> {
  const trail = new AuditTrail(installation.sql, prepared.log);
  opened.defer(() => trail.close());
  const server = httpServer(config.limits.connections, config.trustProxy);
  const url = await listen(server, config);
  server.on("error", (error) => prepared.log.error({ err: error }, "a connection could not be taken"));
  opened.defer(() => close(server));
  // In the same turn of the event loop: no request comes before.
  server.on(
    "request",
    createApp({
      ...appParts(config, tools, prepared, installation),
      publicUrl: config.publicUrl ?? url,
      trail,
    }),
  );
  return url;
}

function appParts(
  { metricsKey, limits, trustProxy, sharesModelKeys }: Config,
  tools: Tools,
  { apiKey, environment, network, payments, settings, telegramApi, modelUrls, prices, log }: Prepared,
  installation: Installation,
): Omit<AppParts, "publicUrl" | "trail"> {
  const reader = (stackName: string) => ({
    pulumiPath: tools.pulumi.path,
    workDir: stackWorkDir(settings, stackName),
    stackName,
    environment,
  });
  return {
    ...installation,
    telegramApi,
    modelApis: modelUrls,
    prices,
    apiKey: apiKey.value,
    metricsKey,
    payments,
    readStack: (stackName) => inspectStack(reader(stackName)),
    exportStack: (stackName) => exportStack(reader(stackName)),
    readiness: readinessOf(installation, tools.pulumi.path),
    keyLookup: new KeyLookup(installation.database),
    statusReads: new StatusReads(installation.database),
    limits,
    trustProxy,
    sellsModels: sharesModelKeys || settings.modelGateway !== undefined,
    network,
    log,
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
  { places, stacks, role }: Config,
  { pulumi }: Tools,
  environment: Record<string, string>,
): Promise<readonly Place[]> {
  const search = { carriesOut: role !== "api", pulumiPath: pulumi.path, environment };
  const found = await (await targetNamed(stacks.target).load()).findPlaces(places, search);
  // Whoever asks first for a log would wait for the target's code.
  await Promise.all(found.map(openTarget));
  return found;
}

function newApiKey(): string {
  return `brt_${Buffer.from(crypto.getRandomValues(new Uint8Array(24))).toString("base64url")}`;
}
