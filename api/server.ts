// A running Berth: an installation behind an HTTP server. main.ts starts it; so do the tests.
import type { Logger } from "pino";
import { keptPlugins } from "../infra/toolchain/attached/kept.ts";
import { AuditTrail } from "../stacks/accounts/audit-trail.ts";
import { KeyLookup } from "../stacks/accounts/key-lookup.ts";
import { endFormerOperators } from "../stacks/accounts/manage-sessions.ts";
import { SessionLookup } from "../stacks/accounts/session-lookup.ts";
import { type Installation, type InstallationParts, openInstallation } from "../stacks/installation.ts";
import { StatusReads } from "../stacks/operations/status-reads.ts";
import { exportStack, inspectStack } from "../stacks/pulumi/inspect-stack.ts";
import { stackWorkDir } from "../stacks/pulumi/stack-config.ts";
import { openTracing } from "../stacks/tracing/open.ts";
import { type AppParts, createApp } from "./app.ts";
import type { Tools } from "./config/child-environment.ts";
import type { Config } from "./config/config.ts";
import { VERSION } from "./contract/version.ts";
import { close, httpServer, listen } from "./http-server.ts";
import { cookieNameOf } from "./middleware/session-cookie.ts";
import { startGateway } from "./model-gateway.ts";
import { type Prepared, prepare, type StartOptions } from "./prepare.ts";
import { readinessOf } from "./routes/health.ts";
import { signInLink } from "./routes/sign-in-links.ts";

export interface Berth {
  readonly url: string;
  /** Makes a link that signs the operator in; absent where no API is served. */
  readonly makeSignInLink?: () => Promise<string>;
  readonly apiKey: { readonly value: string; readonly isNew: boolean };
  readonly installation: Installation;
  readonly log: Logger;
  /** Stops listening, lets running operations finish, closes the database. */
  close(): Promise<void>;
}

/**
 * Opens the data folder and the database, starts the worker and listens, as the role says. What was opened is closed again,
 * the last first, when a later step throws.
 * @throws Error when the port is busy, the data folder is in use or the database can't be opened.
 */
export async function startBerth(config: Config, tools: Tools, options: StartOptions = {}): Promise<Berth> {
  await using opened = new AsyncDisposableStack();
  const prepared = await prepare(config, tools, options, opened);
  opened.defer(await openTracing(config.tracing, VERSION, prepared.log));
  const installation = await openInstallation(installationParts(config, tools, prepared));
  opened.defer(() => installation.close());
  if (config.role === "all" || config.role === "gateway") opened.defer(await startGateway(config, prepared));
  const serves = config.role === "all" || config.role === "api";
  const served = serves ? await serve(config, tools, prepared, installation, opened) : { url: "" };
  const { apiKey, log } = prepared;
  const open = opened.move();
  return {
    ...served,
    apiKey,
    installation,
    log,
    close() {
      log.info("stopping: running operations may finish");
      return open.disposeAsync();
    },
  };
}

function installationParts(
  { role, rehearses }: Config,
  { pulumi, plugins }: Tools,
  { apiKey: _apiKey, payments, prices: _prices, modelUrls: _modelUrls, dashboard: _, ...shared }: Prepared,
): InstallationParts {
  return {
    ...shared,
    runsWorker: role === "all" || role === "worker",
    rehearses: rehearses && role !== "gateway",
    version: VERSION,
    polar: payments.kind === "polar" ? payments.polar : undefined,
    pulumi,
    keptPlugins: keptPlugins(plugins),
  };
}

/** Listens, and answers calls. @returns where, and what makes links that sign in there */
async function serve(
  config: Config,
  tools: Tools,
  prepared: Prepared,
  installation: Installation,
  opened: AsyncDisposableStack,
): Promise<Pick<Berth, "url" | "makeSignInLink">> {
  const trail = new AuditTrail(installation.sql, prepared.log);
  opened.defer(() => trail.close());
  const server = httpServer(config.limits.connections, config.trustProxy);
  const url = await listen(server, config);
  server.on("error", (error) => prepared.log.error({ err: error }, "a connection could not be taken"));
  opened.defer(() => close(server));
  // In the same turn of the event loop: no request comes before.
  const parts = {
    ...appParts(config, tools, prepared, installation),
    publicUrl: config.publicUrl ?? url,
    trail,
  };
  server.on("request", createApp(parts));
  await endFormerOperators(installation.sql, parts.sessions.operatorKey);
  return { url, makeSignInLink: async () => (await signInLink(parts)).url };
}

function appParts(
  { metricsKey, limits, trustProxy, sharesModelKeys }: Config,
  tools: Tools,
  {
    apiKey,
    environment,
    network,
    payments,
    settings,
    telegramApi,
    modelUrls,
    prices,
    dashboard,
    log,
  }: Prepared,
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
    tools,
    readStack: (stackName) => inspectStack(reader(stackName)),
    exportStack: (stackName) => exportStack(reader(stackName)),
    readiness: readinessOf(installation, tools.pulumi.path),
    keyLookup: new KeyLookup(installation.database),
    sessions: new SessionLookup(installation.database, installation.box, apiKey.value),
    cookieName: cookieNameOf(installation.box),
    statusReads: new StatusReads(installation.database),
    limits,
    trustProxy,
    sellsModels: sharesModelKeys || settings.modelGateway !== undefined,
    network,
    dashboard,
    log,
  };
}
