import type { RequestHandler } from "express";
import { getDeployment } from "../../stacks/deployments/deployments.ts";
import { readUsage } from "../../stacks/deployments/logs-and-usage.ts";
import type { Intake } from "../../stacks/operations/enqueue.ts";
import { callerOf } from "../middleware/caller.ts";
import { deploymentId } from "./deployment-id.ts";

/** GET /:id/metrics: what the assistant uses right now. */
export function metrics(parts: Pick<Intake, "sql" | "settings">): RequestHandler {
  return async (request, response) => {
    const deployment = await getDeployment(parts.sql, callerOf(response).accountId, deploymentId(request));
    response.json({ data: await readUsage(parts.settings, deployment) });
  };
}
