import type { RequestHandler } from "express";
import { LIFECYCLE } from "../../stacks/lifecycle.ts";
import { requestStop } from "../../stacks/operations/accept.ts";
import type { LifecycleContext } from "../../stacks/operations/enqueue.ts";
import { EmptyBody } from "../contract/requests.ts";
import { callerOf } from "../middleware/caller.ts";
import { parse } from "../middleware/problem.ts";
import { deploymentId } from "./deployment-id.ts";
import { acceptedView } from "./deployment-view.ts";

/** POST /:id/stop: ends the assistant and keeps its data. */
export function stop(parts: LifecycleContext): RequestHandler {
  return async (request, response) => {
    const caller = callerOf(response);
    const id = deploymentId(request);
    parse(EmptyBody, request.body);
    const operation = await requestStop(parts, caller, id);
    response.status(202).json({ data: acceptedView(LIFECYCLE.stop.during, operation) });
  };
}
