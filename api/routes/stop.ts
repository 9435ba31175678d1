import type { RequestHandler } from "express";
import { imageChange } from "../../stacks/deployments/images.ts";
import { LIFECYCLE } from "../../stacks/lifecycle.ts";
import {
  type Intake,
  requestDelete,
  requestRedeploy,
  requestStop,
  type StartIntake,
} from "../../stacks/operations/accept.ts";
import type { Operation } from "../../stacks/operations/operations.ts";
import { EmptyBody, RedeployBody } from "../contract/requests.ts";
import { type Caller, callerOf } from "../middleware/caller.ts";
import { parse } from "../middleware/problem.ts";
import { deploymentId } from "./deployment-id.ts";
import { acceptedView } from "./deployment-view.ts";

/** POST /:id/redeploy: applies the current settings and image; from stopped, with all its data. */
export function redeploy(parts: StartIntake): RequestHandler {
  return async (request, response) => {
    const caller = callerOf(response);
    const id = deploymentId(request);
    const { image } = parse(RedeployBody, request.body) ?? {};
    const change = imageChange(parts.settings, image);
    const operation = await requestRedeploy(parts, caller, id, change);
    response.status(202).json({ data: acceptedView(LIFECYCLE.redeploy.during, operation) });
  };
}

/** POST /:id/stop: ends the assistant and keeps its data. */
export function stop(parts: Intake): RequestHandler {
  return accept("stop", (by, id) => requestStop(parts, by, id));
}

/** DELETE /:id: removes the assistant, its data and its stack. */
export function remove(parts: Intake): RequestHandler {
  return accept("delete", (by, id) => requestDelete(parts, by, id));
}

function accept(
  call: "stop" | "delete",
  request: (by: Caller, id: string) => Promise<Operation>,
): RequestHandler {
  return async (incoming, response) => {
    const caller = callerOf(response);
    const id = deploymentId(incoming);
    parse(EmptyBody, incoming.body);
    response.status(202).json({ data: acceptedView(LIFECYCLE[call].during, await request(caller, id)) });
  };
}
