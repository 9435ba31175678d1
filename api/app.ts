// The HTTP app: middleware, then the route table.
import express, { type Express, Router } from "express";
import helmet from "helmet";
import type { Logger } from "pino";
import { pinoHttp } from "pino-http";
import type { AuditTrail } from "../stacks/audit.ts";
import type { CallbackNetwork } from "../stacks/callbacks/network.ts";
import type { Database } from "../stacks/database.ts";
import type { Shop } from "../stacks/payments.ts";
import type { Intake } from "../stacks/requests.ts";
import type { StatusReads } from "../stacks/status-reads.ts";
import { audit } from "./audit.ts";
import { authenticate, type KeyParts, requireScope } from "./authenticate.ts";
import { checkout } from "./checkout.ts";
import type { Limits } from "./config.ts";
import { idempotency } from "./idempotency.ts";
import { answerProblem, noSuchPage } from "./problem.ts";
import { type Monitoring, openMonitoring, requireKey } from "./prometheus.ts";
import { type Budgets, limitCalls, openBudgets } from "./rate-limits.ts";
import { requestId } from "./request-id.ts";
import { requireJson } from "./require-json.ts";
import { routePatterns } from "./route-pattern.ts";
import { activate } from "./routes/activate.ts";
import { auditTrail } from "./routes/audit.ts";
import { rotateSecret, showSecret } from "./routes/callback-secret.ts";
import { callbacks, replay } from "./routes/callbacks.ts";
import { events } from "./routes/events.ts";
import * as keys from "./routes/keys.ts";
import { list } from "./routes/list.ts";
import { logs } from "./routes/logs.ts";
import { metrics } from "./routes/metrics.ts";
import { operations } from "./routes/operations.ts";
import { pairing } from "./routes/pairing.ts";
import { patch } from "./routes/patch.ts";
import { checkoutAgain, purchase } from "./routes/purchase.ts";
import { redeploy, remove, stop } from "./routes/request.ts";
import { show } from "./routes/show.ts";
import { type ReadStack, stack } from "./routes/stack.ts";
import { status } from "./routes/status.ts";
import { polarWebhook } from "./routes/webhook.ts";

const BODY_LIMIT = "64kb";
/** An order of Polar carries its product, customer and prices. */
const WEBHOOK_LIMIT = "1mb";

export interface AppParts extends Intake, Shop, KeyParts {
  readonly readStack: ReadStack;
  /** What /readyz asks: each part's name and a check that throws when it is away. */
  readonly readiness: Readonly<Record<string, () => Promise<void>>>;
  readonly database: Database;
  /** Opens /metrics, as the operator's key does. */
  readonly metricsKey: string | undefined;
  readonly statusReads: StatusReads;
  readonly trail: AuditTrail;
  readonly limits: Limits;
  readonly trustProxy: string[] | undefined;
  readonly network: CallbackNetwork;
  readonly log: Logger;
}

export function createApp(parts: AppParts): Express {
  const app = express().disable("x-powered-by").set("query parser", "simple");
  if (parts.trustProxy) app.set("trust proxy", parts.trustProxy);
  app.use(
    pinoHttp({
      logger: parts.log,
      genReqId: requestId,
      serializers: { req: describeRequest, res: describeResponse },
    }),
  );
  app.use(
    helmet({
      contentSecurityPolicy: { directives: { "form-action": ["'self'"], "upgrade-insecure-requests": null } },
    }),
  );
  app.get("/healthz", (_request, response) => void response.json({ ok: true, status: "live" }));
  app.get("/readyz", async (_request, response) => {
    const states = await checkReadiness(parts.readiness);
    const ok = Object.values(states).every((state) => state === "ok");
    response.status(ok ? 200 : 503).json({ ok, parts: states });
  });
  const budgets = openBudgets(parts.limits.rates, parts.database);
  const monitoring = openMonitoring(parts.sql);
  const metricsKeys = [parts.apiKey, ...(parts.metricsKey ? [parts.metricsKey] : [])];
  app.get("/metrics", requireKey(metricsKeys, budgets.wrongKeys), monitoring.scrape);
  app.use("/checkout", checkout(parts));
  const { payments } = parts;
  if (payments.kind === "polar" && payments.polar) {
    // Signed is the body as it was sent: it is neither parsed nor unpacked before the signature is checked.
    const rawBody = express.raw({ type: () => true, limit: WEBHOOK_LIMIT, inflate: false });
    app.post("/webhooks/polar", rawBody, polarWebhook(parts, payments.polar));
  }
  app.use("/api/v1", api(parts, budgets, monitoring));
  app.use(noSuchPage);
  app.use(answerProblem(parts.log));
  return app;
}

/** Who calls, whether they may, how often; then the call itself. */
function api(parts: AppParts, budgets: Budgets, { timeCalls }: Monitoring): Router {
  const routers = {
    "/assistants": assistants(parts),
    "/keys": apiKeys(parts),
    "/audit": Router().get("/", auditTrail(parts)),
  };
  const patterns = routePatterns("/api/v1", routers);
  const router = Router()
    .use(timeCalls(patterns), audit(parts.trail, patterns))
    .use(authenticate(parts, budgets.wrongKeys), limitCalls(budgets), requireScope)
    .use(requireJson, express.json({ limit: BODY_LIMIT }), idempotency(parts));
  for (const [path, calls] of Object.entries(routers)) router.use(path, calls);
  return router;
}

function assistants(parts: AppParts): Router {
  const { list: listPairings, approve } = pairing(parts);
  return Router()
    .post("/purchase", purchase({ ...parts, ...parts.limits }))
    .get("/", list(parts))
    .get("/:id", show(parts))
    .patch("/:id", patch(parts))
    .delete("/:id", remove(parts))
    .post("/:id/activate", activate(parts))
    .post("/:id/checkout", checkoutAgain(parts))
    .get("/:id/status", status(parts))
    .post("/:id/stop", stop(parts))
    .post("/:id/redeploy", redeploy(parts))
    .get("/:id/stack", stack(parts))
    .get("/:id/operations", operations(parts))
    .get("/:id/events", events(parts))
    .get("/:id/callbacks", callbacks(parts))
    .post("/:id/callbacks/:callbackId/replay", replay(parts))
    .get("/:id/logs", logs(parts))
    .get("/:id/metrics", metrics(parts))
    .get("/:id/pairing", listPairings)
    .post("/:id/pairing/approve", approve)
    .get("/:id/callback-secret", showSecret(parts))
    .post("/:id/callback-secret/rotate", rotateSecret(parts));
}

function apiKeys(parts: AppParts): Router {
  return Router()
    .post("/", keys.create(parts))
    .get("/", keys.list(parts))
    .delete("/:id", keys.revoke(parts))
    .post("/:id/rotate", keys.rotate(parts));
}

/** Headers and bodies carry keys: a log line names the call and nothing of what it carried. */
function describeRequest(request: { id: unknown; method: string; url: string }) {
  return { id: request.id, method: request.method, path: request.url.split("?")[0] };
}

function describeResponse(response: { statusCode: number }) {
  return { status: response.statusCode };
}

async function checkReadiness(checks: AppParts["readiness"]): Promise<Record<string, "ok" | "away">> {
  const names = Object.entries(checks).map(async ([name, check]) => {
    const state = await check().then(
      () => "ok" as const,
      () => "away" as const,
    );
    return [name, state] as const;
  });
  return Object.fromEntries(await Promise.all(names));
}
