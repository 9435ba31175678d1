import type { RequestHandler } from "express";
import { imageChange } from "../../stacks/deployments/images.ts";
import { LIFECYCLE } from "../../stacks/lifecycle.ts";
import { requestRedeploy, type StartContext } from "../../stacks/operations/accept.ts";
import { RedeployBody } from "../contract/requests.ts";
import { callerOf } from "../middleware/caller.ts";
import { parse } from "../middleware/problem.ts";
import { deploymentId } from "./deployment-id.ts";
import { acceptedView } from "./deployment-view.ts";

/** POST /:id/redeploy: applies the current settings and image; from stopped, with all its data. */
export function redeploy(parts: StartContext): RequestHandler {
  return async (request, response) => {
    const caller = callerOf(response);
    const id = deploymentId(request);
    const { image, beginEmpty = false } = parse(RedeployBody, request.body) ?? {};
    const change = imageChange(parts.settings, image);
    const operation = await requestRedeploy(parts, caller, id, { change, beginEmpty });
    response.status(202).json({ data: acceptedView(LIFECYCLE.redeploy.during, operation) });
  };
}
