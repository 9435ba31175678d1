// What the operator's Prometheus scrapes: this process, its HTTP calls, and what the database has of the whole installation.
import { timingSafeEqual } from "node:crypto";
import { collectDefaultMetrics, Gauge, Histogram, Registry } from "@prometheus-io/client";
import type { Request, RequestHandler } from "express";
import type { Sql } from "../../stacks/database/database.ts";
import { BerthError } from "../../stacks/errors.ts";
import { STATUSES } from "../../stacks/lifecycle.ts";
import { type OperationCount, takeTally } from "../../stacks/operations/counts.ts";
import type { StackSettings } from "../../stacks/settings.ts";
import { ModelTallies, type ModelTally } from "../../stacks/usage/tally.ts";
import { type StateTally, takeStateTally } from "../../stacks/watch/data-size/totals.ts";
import { digest } from "./authenticate.ts";
import { operationDurations } from "./operation-durations.ts";
import { addressGroup, type Budget } from "./rate-limits.ts";
import { findPattern, type RoutePattern, routedPath } from "./route-pattern.ts";

const HTTP_BUCKETS_SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

export interface Monitoring {
  /** Measures each call, by the pattern of its route: a path itself may hold anything. */
  timeCalls(patterns: readonly RoutePattern[]): RequestHandler;
  /** GET /metrics. */
  readonly scrape: RequestHandler;
}

export function openMonitoring(sql: Sql, settings: Pick<StackSettings, "stateLimitBytes">): Monitoring {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });
  const calls = new Histogram({
    name: "berth_http_request_duration_seconds",
    help: "Calls of the API, by method, pattern of the route and status.",
    labelNames: ["method", "route", "status"],
    buckets: HTTP_BUCKETS_SECONDS,
    registers,
  });
  const gauge = (name: string, help: string, ...labelNames: string[]) =>
    new Gauge({ name, help, labelNames, registers });
  const deployments = gauge("berth_deployments", "Deployments, by status.", "status");
  const live = gauge("berth_operations_live", "Operations that wait or are carried out, by state.", "state");
  const callbacks = gauge("berth_callbacks_pending", "Callbacks that are to be delivered.");
  const prebooted = gauge("berth_prebooted", "Paid slots whose assistant waits for its activation.");
  const showState = stateGauges(gauge);
  const showModels = modelGauges(gauge);
  const models = new ModelTallies(sql);
  let operations: readonly OperationCount[] = [];
  registry.registerMetric(operationDurations(() => operations));
  return {
    timeCalls: (patterns) => (request, response, next) => {
      const end = calls.startTimer();
      const found = findPattern(patterns, routedPath(request));
      response.once("close", () => {
        end({ method: request.method, route: found?.pattern ?? "none", status: response.statusCode });
      });
      next();
    },
    scrape: async (_request, response) => {
      const tally = await takeTally(sql);
      for (const status of STATUSES) deployments.set({ status }, 0);
      for (const { name, count } of tally.deployments) deployments.set({ status: name }, count);
      for (const state of ["queued", "running"]) live.set({ state }, 0);
      for (const { name, count } of tally.liveOperations) live.set({ state: name }, count);
      callbacks.set(tally.pendingCallbacks);
      prebooted.set(tally.prebooted);
      showState(await takeStateTally(sql), settings.stateLimitBytes);
      showModels(await models.take());
      operations = tally.operations;
      const text = await registry.metrics();
      response.set("Cache-Control", "no-store").type(registry.contentType).send(text);
    },
  };
}

type MakeGauge = (name: string, help: string, ...labelNames: string[]) => Gauge<string>;

function stateGauges(gauge: MakeGauge): (tally: StateTally, limitBytes: number) => void {
  const used = gauge("berth_state_used_bytes", "Data of an assistant, as last measured.", "deployment");
  const limit = gauge("berth_state_limit_bytes", "What the data of one assistant may take; 0: no limit.");
  // Made once they are known: before, they would say 0.
  const free = once(() =>
    gauge("berth_state_disk_free_bytes", "Left on the disk of the data, as seen then."),
  );
  const size = once(() => gauge("berth_state_disk_size_bytes", "Size of the disk of the data."));
  return (tally, limitBytes) => {
    limit.set(limitBytes);
    used.reset();
    for (const { deployment, bytes } of tally.used) used.set({ deployment }, bytes);
    if (!tally.disk) return;
    free().set(tally.disk.freeBytes);
    size().set(tally.disk.diskBytes);
  };
}

function modelGauges(gauge: MakeGauge): (tally: ModelTally) => void {
  const requests = gauge("berth_model_requests_total", "Requests of assistants to models.", "provider");
  const tokens = gauge("berth_model_tokens_total", "Tokens of their input and output.", "provider");
  const usd = gauge("berth_model_usd_total", "What they cost, as far as prices are known.", "provider");
  const open = gauge("berth_model_requests_open", "Requests to models that are under way.");
  return ({ totals, openRequests }) => {
    open.set(openRequests);
    for (const total of totals) {
      const { provider } = total;
      requests.set({ provider }, total.requests);
      tokens.set({ provider }, total.tokens);
      usd.set({ provider }, total.usd);
    }
  };
}

function once<T>(make: () => T): () => T {
  let made: T | undefined;
  return () => {
    made ??= make();
    return made;
  };
}

/** Lets pass who has one of the keys, as `X-API-Key` or as Prometheus sends it: `Authorization: Bearer`. */
export function requireKey(keys: readonly string[], wrongKeys: Budget): RequestHandler {
  const digests = keys.map(digest);
  return async (request, response, next) => {
    const given = digest(givenKey(request));
    if (digests.some((known) => timingSafeEqual(known, given))) return next();
    await wrongKeys.spend(addressGroup(request.ip), response);
    throw new BerthError(
      "UNAUTHORIZED",
      "Send the operator's key, or that of BERTH_METRICS_KEY, as a bearer token.",
    );
  };
}

function givenKey({ headers }: Request): string {
  const bearer = /^Bearer (.+)$/i.exec(headers.authorization ?? "")?.[1];
  return bearer ?? String(headers["x-api-key"] ?? "");
}
