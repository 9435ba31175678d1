import type { RequestHandler } from "express";
import { notFound } from "../../stacks/errors.ts";
import type { StatusReads } from "../../stacks/operations/status-reads.ts";
import { callerOf } from "../middleware/caller.ts";
import type { CallParts } from "./allowed-calls.ts";
import { deploymentId } from "./deployment-id.ts";
import { statusView } from "./deployment-view.ts";

/** GET /:id/status: answers for deleted deployments too, so that a client sees its delete end. */
export function status(parts: CallParts & { readonly statusReads: StatusReads }): RequestHandler {
  return async (request, response) => {
    const { accountId } = callerOf(response);
    const found = await parts.statusReads.find(accountId, deploymentId(request));
    if (!found) throw notFound();
    response.json({ data: statusView(parts, found.deployment, found.operation) });
  };
}
