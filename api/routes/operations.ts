import type { RequestHandler } from "express";
import { getDeployment } from "../../stacks/deployments/deployments.ts";
import type { LifecycleContext } from "../../stacks/operations/enqueue.ts";
import { listOperations } from "../../stacks/operations/operations.ts";
import { callerOf } from "../middleware/caller.ts";
import { deploymentId } from "./deployment-id.ts";
import { operationView } from "./deployment-view.ts";

/** GET /:id/operations: the latest hundred, newest first. */
export function operations({ sql }: Pick<LifecycleContext, "sql">): RequestHandler {
  return async (request, response) => {
    const { accountId } = callerOf(response);
    const deployment = await getDeployment(sql, accountId, deploymentId(request));
    const past = await listOperations(sql, deployment.id);
    response.json({ data: past.map(operationView) });
  };
}
