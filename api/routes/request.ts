import type { RequestHandler } from "express";
import { LIFECYCLE } from "../../stacks/lifecycle.ts";
import type { Operation } from "../../stacks/operations.ts";
import { type Intake, requestDelete, requestOperation } from "../../stacks/requests.ts";
import { EmptyBody } from "../contract.ts";
import { acceptedView } from "../deployment-view.ts";
import { parse } from "../problem.ts";
import { deploymentId } from "./deployment-id.ts";

/** POST /:id/redeploy: applies the current settings; from stopped, with all its data. */
export function redeploy(parts: Intake): RequestHandler {
  return accept("redeploy", (id) => requestOperation(parts, id, "redeploy"));
}

/** POST /:id/stop: ends the assistant and keeps its data. */
export function stop(parts: Intake): RequestHandler {
  return accept("stop", (id) => requestOperation(parts, id, "stop"));
}

/** DELETE /:id: removes the assistant, its data and its stack. */
export function remove(parts: Intake): RequestHandler {
  return accept("delete", (id) => requestDelete(parts, id));
}

function accept(
  call: "redeploy" | "stop" | "delete",
  request: (id: string) => Promise<Operation>,
): RequestHandler {
  return async (incoming, response) => {
    const id = deploymentId(incoming);
    parse(EmptyBody, incoming.body);
    response.status(202).json({ data: acceptedView(LIFECYCLE[call].during, await request(id)) });
  };
}
