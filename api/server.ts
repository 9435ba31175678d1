// A running Berth: an installation behind an HTTP server. main.ts starts it; so do the tests.
import { access, constants } from "node:fs/promises";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { sql } from "kysely";
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
import { type Installation, openInstallation } from "../stacks/installation.ts";
import { keptKey } from "../stacks/keys/key-files.ts";
import { openStore, type Store } from "../stacks/keys/store.ts";
import { StatusReads } from "../stacks/operations/status-reads.ts";
import { openPayments } from "../stacks/payments/payments.ts";
import { exportStack, inspectStack } from "../stacks/pulumi/inspect-stack.ts";
import { stackWorkDir } from "../stacks/pulumi/stack-config.ts";
import { stateFolder } from "../stacks/pulumi/state-files.ts";
import type { StackSettings } from "../stacks/settings.ts";
import { type AppParts, createApp } from "./app.ts";
import { childEnvironment, type Tools } from "./config/child-environment.ts";
import type { Config } from "./config/config.ts";
import { openFilesLimit } from "./config/descriptors.ts";
import { deadProxies } from "./config/proxy-check.ts";
import { httpServer } from "./http-server.ts";

const CLOSE_CONNECTIONS_AFTER_MS = 5_000;
const ENGINE_TIMEOUT_MS = 5_000;
const FEW_FILES = 4_096;

export interface Berth {
  readonly url: string;
  readonly apiKey: { readonly value: string; readonly isNew: boolean };
  readonly installation: Installation;
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

/**
 * Opens the data folder and the database, starts the worker and listens, as the role says.
 * @throws Error when the port is busy, the data folder is in use or the database can't be opened.
 */
export async function startBerth(
  config: Config,
  tools: Tools,
  {
    resolve = resolveByDns(),
    callbackDelaysMs = DELAYS_MS,
    modelApis = MODEL_APIS,
    telegramApi = TELEGRAM_API,
  }: CallbackOptions = {},
): Promise<Berth> {
  const log = pino({ level: config.logLevel, redact: ["*.apiKey", "*.passphrase"] });
  const folder = await openDataFolder(config.stacks.dataDir, (message) => log.warn(message));
  const files = openFilesLimit();
  if (files !== undefined && files < FEW_FILES)
    log.warn(
      { files, connections: config.limits.maxConnections },
      "this process may open few files (LimitNOFILE, ulimit -n), so it takes few connections at once",
    );
  void deadProxies(config.environment).then((sentences) => sentences.map((sentence) => log.warn(sentence)));
  const store = await openKept(config, folder);
  const { apiKey, environment, settings, payments } = await prepare(config, tools, folder).catch(
    async (error) => {
      await store.close();
      throw error;
    },
  );
  const { role, callbackResolve: pinned } = config;
  const network: CallbackNetwork = { resolve, pinned };
  if (pinned.length > 0)
    log.warn({ pinned }, "BERTH_CALLBACK_RESOLVE is set: callbacks go to these addresses, private ones too");
  const installation = await openInstallation({
    settings,
    store,
    runsWorker: role !== "api",
    polar: payments.kind === "polar" ? payments.polar : undefined,
    pulumi: tools.pulumi,
    standIns: tools.plugins.filter(({ origin }) => origin === "stand-in").map(({ name }) => name),
    environment,
    network,
    callbackDelaysMs,
    modelApis: config.checksModels ? modelApis : undefined,
    telegramApi: config.checksBots ? telegramApi : undefined,
    log,
  });
  const trail = new AuditTrail(installation.sql, log);
  const reader = (stackName: string) => ({
    pulumiPath: tools.pulumi.path,
    workDir: stackWorkDir(settings, stackName),
    stackName,
    environment,
  });
  let url = "";
  const app = createApp({
    ...installation,
    telegramApi: config.checksBots ? telegramApi : undefined,
    apiKey: apiKey.value,
    metricsKey: config.metricsKey,
    payments,
    publicUrl: () => config.publicUrl ?? url,
    readStack: (stackName) => inspectStack(reader(stackName)),
    exportStack: (stackName) => exportStack(reader(stackName)),
    readiness: readiness(installation, tools),
    trail,
    keyLookup: new KeyLookup(installation.database),
    statusReads: new StatusReads(installation.database),
    limits: config.limits,
    trustProxy: config.trustProxy,
    network,
    log,
  });
  const server = httpServer(app, config.limits);
  try {
    url = role === "worker" ? "" : await listen(server, config);
  } catch (error) {
    await trail.close();
    await installation.close();
    throw error;
  }
  return { url, apiKey, installation, close: () => close(server, trail, installation, log) };
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

/** What else a start needs, once nothing of the installation is lost. */
async function prepare(config: Config, tools: Tools, folder: string) {
  const apiKey = config.apiKey
    ? { value: config.apiKey, isNew: false }
    : await keptKey(folder, "api-key", newApiKey);
  const environment = await childEnvironment(config, tools);
  const payments = await openPayments(config.payments);
  const places = await findPlaces(config, tools, environment);
  const settings: StackSettings = { ...config.stacks, places };
  return { apiKey, environment, payments, settings };
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

function readiness({ sql: database, settings }: Installation, { pulumi }: Tools): AppParts["readiness"] {
  return {
    database: async () => void (await sql`select 1`.execute(database)),
    engine: async () => {
      // With one region away, those of the others are still looked after.
      await Promise.any(
        settings.places.map(async (place) => (await openTarget(place)).assertAnswers(ENGINE_TIMEOUT_MS)),
      );
    },
    pulumi: async () => {
      await access(pulumi.path, constants.X_OK);
    },
  };
}

async function listen(server: Server, { host, port }: Config): Promise<string> {
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, resolve);
  }).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== "EADDRINUSE") throw error;
    throw new Error(
      `Port ${port} of ${host} is used by another program. Stop it or set PORT to another one.`,
    );
  });
  const address = server.address() as AddressInfo;
  return `http://${host.includes(":") ? `[${host}]` : host}:${address.port}`;
}

async function close(
  server: Server,
  trail: AuditTrail,
  installation: Installation,
  log: Logger,
): Promise<void> {
  log.info("stopping: running operations may finish");
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeIdleConnections();
  setTimeout(() => server.closeAllConnections(), CLOSE_CONNECTIONS_AFTER_MS).unref();
  if (server.listening) await closed;
  await trail.close();
  await installation.close();
}
