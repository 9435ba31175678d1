import type { RequestHandler } from "express";
import { getDeployment } from "../../stacks/deployments/deployments.ts";
import { LIFECYCLE } from "../../stacks/lifecycle.ts";
import { requestCancel } from "../../stacks/operations/cancel.ts";
import type { LifecycleContext } from "../../stacks/operations/enqueue.ts";
import { EmptyBody } from "../contract/requests.ts";
import { callerOf } from "../middleware/caller.ts";
import { parse } from "../middleware/problem.ts";
import { deploymentId } from "./deployment-id.ts";
import { acceptedView } from "./deployment-view.ts";
import { operationOf } from "./operation-log.ts";

/** POST /:id/operations/:operationId/cancel: ends what brings the assistant up, and stops it. */
export function cancel(parts: LifecycleContext): RequestHandler {
  return async (request, response) => {
    const caller = callerOf(response);
    const deployment = await getDeployment(parts.sql, caller.accountId, deploymentId(request));
    parse(EmptyBody, request.body);
    const { id } = await operationOf(parts.sql, deployment, request);
    const operation = await requestCancel(parts, caller, deployment.id, id);
    response.status(202).json({ data: acceptedView(LIFECYCLE.cancel.during, operation) });
  };
}
