import type { RequestHandler } from "express";
import { listDeployments } from "../../stacks/deployments/deployments.ts";
import type { Intake } from "../../stacks/operations/enqueue.ts";
import { ListQuery } from "../contract/requests.ts";
import { callerOf } from "../middleware/caller.ts";
import { parse } from "../middleware/problem.ts";
import { deploymentView, type ViewParts } from "./deployment-view.ts";

/** GET /: newest first, by pages. `nextCursor` of one page is the `cursor` of the next. */
export function list(parts: Pick<Intake, "sql"> & ViewParts): RequestHandler {
  return async (request, response) => {
    const { accountId } = callerOf(response);
    const page = parse(ListQuery, request.query);
    const { rows, nextCursor } = await listDeployments(parts.sql, accountId, page);
    response.json({ data: rows.map((deployment) => deploymentView(parts, deployment)), nextCursor });
  };
}
