import type { RequestHandler } from "express";
import type { LifecycleContext } from "../../stacks/operations/enqueue.ts";
import { countByStatus, listDeployments } from "../../stacks/operations/listing.ts";
import { DeploymentsQuery, TotalsQuery } from "../contract/listed.ts";
import { callerOf } from "../middleware/caller.ts";
import { parse } from "../middleware/problem.ts";
import type { ViewParts } from "./deployment-view.ts";
import { listedView, totalsView } from "./listed-view.ts";

/** GET /: newest first, by pages. `nextCursor` of one page is the `cursor` of the next. */
export function list(parts: Pick<LifecycleContext, "sql"> & ViewParts): RequestHandler {
  return async (request, response) => {
    const { accountId } = callerOf(response);
    const { search, status, ...page } = parse(DeploymentsQuery, request.query);
    const { rows, nextCursor } = await listDeployments(parts.sql, accountId, { search, status }, page);
    response.json({ data: rows.map((listed) => listedView(parts, listed)), nextCursor });
  };
}

/** GET /totals: how many are in each status. */
export function totals({ sql }: Pick<LifecycleContext, "sql">): RequestHandler {
  return async (request, response) => {
    const { accountId } = callerOf(response);
    const counts = await countByStatus(sql, accountId, parse(TotalsQuery, request.query));
    response.json({ data: totalsView(counts) });
  };
}
