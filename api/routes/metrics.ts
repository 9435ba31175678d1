import type { RequestHandler } from "express";
import { getDeployment } from "../../stacks/deployments/deployments.ts";
import { readPastUsage, readUsage } from "../../stacks/deployments/logs-and-usage.ts";
import type { LifecycleContext } from "../../stacks/operations/enqueue.ts";
import { callerOf } from "../middleware/caller.ts";
import { SharedReads } from "../middleware/shared-reads.ts";
import { deploymentId } from "./deployment-id.ts";

/** GET /:id/metrics: what the assistant uses right now. */
export function metrics(parts: Pick<LifecycleContext, "sql" | "settings">): RequestHandler {
  const reads = new SharedReads<Awaited<ReturnType<typeof readUsage>>>();
  return async (request, response) => {
    const deployment = await getDeployment(parts.sql, callerOf(response).accountId, deploymentId(request));
    const usage = await reads.get(deployment.id, () => readUsage(parts.settings, deployment));
    response.json({ data: usage });
  };
}

/** GET /:id/metrics/history: what it has used in the last hour. */
export function pastMetrics(parts: Pick<LifecycleContext, "sql" | "settings">): RequestHandler {
  const reads = new SharedReads<Awaited<ReturnType<typeof readPastUsage>>>();
  return async (request, response) => {
    const deployment = await getDeployment(parts.sql, callerOf(response).accountId, deploymentId(request));
    const samples = await reads.get(deployment.id, () => readPastUsage(parts, deployment));
    response.json({ data: samples });
  };
}
