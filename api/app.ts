// The HTTP app: middleware, then who carries out which call of the table.
import express, { type Express, type RequestHandler, Router } from "express";
import helmet from "helmet";
import type { AuditTrail } from "../stacks/accounts/audit-trail.ts";
import type { CallbackNetwork } from "../stacks/callbacks/network.ts";
import type { ChangeFeed } from "../stacks/database/changes.ts";
import type { Database } from "../stacks/database/database.ts";
import type { DoctorParts } from "../stacks/doctor/parts.ts";
import type { StartContext } from "../stacks/operations/accept.ts";
import type { StatusReads } from "../stacks/operations/status-reads.ts";
import type { Shop } from "../stacks/payments/payments.ts";
import type { Rehearsal } from "../stacks/rehearsal/rehearsal.ts";
import { resumeModels, stopModels } from "../stacks/usage/set-limits.ts";
import type { Limits } from "./config/limits.ts";
import { API_CALLS, type ApiCall, KEYED_CALLS, OPEN_CALLS, OWN_SESSION_CALLS } from "./contract/calls.ts";
import { audit } from "./middleware/audit.ts";
import { authenticate, type KeyParts, requireScope, type SessionParts } from "./middleware/authenticate.ts";
import { keepForKeyAlone, keepNothing } from "./middleware/cache-headers.ts";
import { shareAnswers } from "./middleware/connection-shares.ts";
import { idempotency } from "./middleware/idempotency.ts";
import { readJsonWhileKeyWorks } from "./middleware/key-end.ts";
import { logCalls } from "./middleware/log-calls.ts";
import { answerProblem, noSuchPage } from "./middleware/problem.ts";
import { type Monitoring, openMonitoring, requireKey } from "./middleware/prometheus.ts";
import { type Budgets, limitCalls, openBudgets } from "./middleware/rate-limits.ts";
import { Refusals } from "./middleware/refusals.ts";
import { requireHost } from "./middleware/require-host.ts";
import { readJson, requireJson } from "./middleware/require-json.ts";
import { type RoutePattern, routePatterns } from "./middleware/route-pattern.ts";
import { requireOwnOrigin } from "./middleware/same-origin.ts";
import { traceCalls } from "./middleware/trace-calls.ts";
import { activate } from "./routes/activate.ts";
import { auditTrail } from "./routes/audit.ts";
import { downloadAudit } from "./routes/audit-download.ts";
import * as backups from "./routes/backups.ts";
import { rotateSecret, showSecret } from "./routes/callback-secret.ts";
import { callbacks, replay } from "./routes/callbacks.ts";
import { cancel } from "./routes/cancel.ts";
import { checkoutPage, payCheckout } from "./routes/checkout.ts";
import { dashboard } from "./routes/dashboard.ts";
import { remove } from "./routes/delete.ts";
import { details } from "./routes/details.ts";
import { docs, docsFiles } from "./routes/docs.ts";
import { events } from "./routes/events.ts";
import { live, type Readiness, ready } from "./routes/health.ts";
import * as keys from "./routes/keys.ts";
import { list, totals } from "./routes/list.ts";
import { accountEvents } from "./routes/live/account-events.ts";
import { liveOperations } from "./routes/live/operations.ts";
import { logs } from "./routes/logs.ts";
import { metrics, pastMetrics } from "./routes/metrics.ts";
import { type ModelParts, models } from "./routes/models.ts";
import { openapi } from "./routes/openapi.ts";
import { operations } from "./routes/operations.ts";
import { type OperatorParts, operatorCalls } from "./routes/operator.ts";
import { pairing } from "./routes/pairing.ts";
import { patch } from "./routes/patch.ts";
import { checkoutAgain, purchase } from "./routes/purchase.ts";
import { redeploy } from "./routes/redeploy.ts";
import { showSession, signIn, signOut } from "./routes/session.ts";
import * as sessions from "./routes/sessions.ts";
import { show } from "./routes/show.ts";
import * as signInLinks from "./routes/sign-in-links.ts";
import { type ReadStack, stack } from "./routes/stack.ts";
import { status } from "./routes/status.ts";
import { stop } from "./routes/stop.ts";
import * as usage from "./routes/usage.ts";
import { polarWebhook } from "./routes/webhook.ts";

/** An order of Polar carries its product, customer and prices. */
const WEBHOOK_LIMIT = "1mb";
/** What customers and Polar call. What monitoring calls again and again would only be noise. */
const TRACED = ["/api/v1", "/checkout", "/webhooks"];
/** What programs and open pages read again and again. None of them reveals a secret. */
const POLLED = new Set<string>([API_CALLS.status.path, API_CALLS.metrics.path, API_CALLS.pastMetrics.path]);

export interface AppParts
  extends StartContext,
    Shop,
    KeyParts,
    SessionParts,
    Pick<ModelParts, "modelApis" | "prices">,
    Pick<OperatorParts, "tools"> {
  readonly readStack: ReadStack;
  readonly exportStack: DoctorParts["exportStack"];
  readonly readiness: Readiness;
  readonly database: Database;
  readonly changes: ChangeFeed;
  readonly rehearsal: Rehearsal;
  readonly sellsModels: boolean;
  /** Opens /metrics, as the operator's key does. */
  readonly metricsKey: string | undefined;
  readonly statusReads: StatusReads;
  readonly trail: AuditTrail;
  readonly limits: Limits;
  readonly trustProxy: string[] | undefined;
  readonly network: CallbackNetwork;
  /** Folder of the built dashboard. */
  readonly dashboard: string | undefined;
}

export function createApp(parts: AppParts): Express {
  const app = express().disable("x-powered-by").set("query parser", "simple");
  if (parts.trustProxy) app.set("trust proxy", parts.trustProxy);
  app.use(logCalls(parts.log));
  app.use(
    helmet({
      contentSecurityPolicy: { directives: { "form-action": ["'self'"], "upgrade-insecure-requests": null } },
    }),
  );
  app.use(keepNothing, requireHost, shareAnswers(parts.limits.connections.ofAddress));
  // Express would answer it by itself, with a list of methods.
  app.options("/{*path}", noSuchPage);
  app.use(
    TRACED,
    traceCalls(
      routePatterns([...Object.values(KEYED_CALLS), ...Object.values(OPEN_CALLS)].map(({ path }) => path)),
    ),
  );
  const budgets = openBudgets(parts.limits.rates, parts.database);
  const monitoring = openMonitoring(parts.sql, parts.settings);
  const patterns = routePatterns(Object.values(KEYED_CALLS).map(({ path }) => path));
  const record = [monitoring.timeCalls(patterns), audit(parts.trail, patterns, POLLED)];
  serve(app, OPEN_CALLS, openCalls(parts, budgets, monitoring, record));
  app.use("/docs", docsFiles());
  if (parts.dashboard) app.use(dashboard(parts.dashboard, parts.publicUrl));
  app.use("/api/v1", record, keepForKeyAlone, identify(parts, budgets));
  serve(app, OWN_SESSION_CALLS, ownSessionCalls(parts));
  app.use("/api/v1", gate(parts, patterns));
  serve(app, API_CALLS, apiCalls(parts));
  app.use(noSuchPage);
  app.use(answerProblem(parts.log, new Refusals(parts.limits.rates.wrongKeys)));
  return app;
}

type Handler = RequestHandler | readonly RequestHandler[];

function serve<Name extends string>(
  app: Express,
  calls: Readonly<Record<Name, ApiCall>>,
  handlers: Readonly<Record<Name, Handler | undefined>>,
): void {
  for (const name of Object.keys(calls) as Name[]) {
    const { method, path } = calls[name];
    const handler = handlers[name];
    if (handler) app[method](path, ...[handler].flat());
  }
}

/** Undefined is what this installation's payments don't need. */
function openCalls(
  parts: AppParts,
  budgets: Budgets,
  { scrape }: Monitoring,
  record: readonly RequestHandler[],
): Record<keyof typeof OPEN_CALLS, Handler | undefined> {
  const { payments } = parts;
  // Signed is the body as it was sent: it is neither parsed nor unpacked before the signature is checked.
  const rawBody = express.raw({ type: () => true, limit: WEBHOOK_LIMIT, inflate: false });
  const metricsKeys = [parts.apiKey, ...(parts.metricsKey ? [parts.metricsKey] : [])];
  const polar = payments.kind === "polar" ? payments.polar : undefined;
  return {
    signIn: [...record, requireJson, readJson, signIn(parts, budgets)],
    live,
    ready: ready(parts.readiness),
    scrape: [requireKey(metricsKeys, budgets.wrongKeys), scrape],
    openapi: openapi(parts.publicUrl),
    docs,
    checkoutPage: checkoutPage(parts),
    checkoutPay: payments.kind === "simulated" ? payCheckout(parts) : undefined,
    polarWebhook: polar && [rawBody, polarWebhook(parts, polar)],
  };
}

/** Who calls, how often, and from which page. */
function identify(parts: AppParts, budgets: Budgets): Router {
  return Router().use(authenticate(parts, budgets.wrongKeys), limitCalls(budgets), requireOwnOrigin(parts));
}

/** Whether they may; what they have sent. */
function gate(parts: AppParts, patterns: readonly RoutePattern[]): Router {
  return Router().use(
    requireScope,
    requireJson,
    readJsonWhileKeyWorks(parts.keyLookup),
    idempotency(parts, patterns),
  );
}

/** Before the gate: a session of a read key, too, sees itself and signs out. */
function ownSessionCalls(parts: AppParts): Record<keyof typeof OWN_SESSION_CALLS, Handler> {
  return { showSession: showSession(parts), signOut: [requireJson, readJson, signOut(parts)] };
}

function apiCalls(parts: AppParts): Record<keyof typeof API_CALLS, Handler> {
  const { list: listPairings, approve: approvePairing } = pairing(parts);
  return {
    purchase: purchase({ ...parts, ...parts.limits }),
    list: list(parts),
    totals: totals(parts),
    show: show(parts),
    patch: patch(parts),
    remove: remove(parts),
    activate: activate(parts),
    checkoutAgain: checkoutAgain(parts),
    status: status(parts),
    stop: stop(parts),
    cancel: cancel(parts),
    redeploy: redeploy(parts),
    stack: stack(parts),
    operations: operations(parts),
    events: events(parts),
    ...details(parts),
    callbacks: callbacks(parts),
    replay: replay(parts),
    backUp: backups.backUp(parts),
    listBackups: backups.list(parts),
    showBackup: backups.show(parts),
    downloadBackup: backups.download(parts),
    removeBackup: backups.remove(parts),
    restore: backups.restore(parts),
    logs: logs(parts),
    metrics: metrics(parts),
    pastMetrics: pastMetrics(parts),
    listPairings,
    approvePairing,
    showSecret: showSecret(parts),
    rotateSecret: rotateSecret(parts),
    createKey: keys.create(parts),
    listKeys: keys.list(parts),
    revokeKey: keys.revoke(parts),
    rotateKey: keys.rotate(parts),
    listSessions: sessions.list(parts),
    endSession: sessions.end(parts),
    createSignInLink: signInLinks.create(parts),
    audit: auditTrail(parts),
    downloadAudit: downloadAudit(parts),
    ...operatorCalls(parts),
    usage: usage.usage(parts),
    accountUsage: usage.accountUsage(parts),
    models: models(parts),
    listModelStops: usage.listModelStops(parts),
    stopModels: usage.switchModels(parts, stopModels),
    accountEvents: accountEvents(parts),
    liveOperations: liveOperations(parts),
    resumeModels: usage.switchModels(parts, resumeModels),
  };
}
