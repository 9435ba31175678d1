import type { RequestHandler } from "express";
import { getDeployment } from "../../stacks/deployments/deployments.ts";
import type { LifecycleContext } from "../../stacks/operations/enqueue.ts";
import { callerOf } from "../middleware/caller.ts";
import { deploymentId } from "./deployment-id.ts";
import { deploymentView, type ViewParts } from "./deployment-view.ts";

/** GET /:id */
export function show(parts: Pick<LifecycleContext, "sql"> & ViewParts): RequestHandler {
  return async (request, response) => {
    const { accountId } = callerOf(response);
    const deployment = await getDeployment(parts.sql, accountId, deploymentId(request));
    response.json({ data: deploymentView(parts, deployment) });
  };
}
