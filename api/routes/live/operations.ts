import type { RequestHandler } from "express";
import type { LifecycleContext } from "../../../stacks/operations/enqueue.ts";
import { listLive } from "../../../stacks/operations/progress.ts";
import { LiveQuery } from "../../contract/live.ts";
import { requireOperator } from "../../middleware/account-access.ts";
import { callerOf } from "../../middleware/caller.ts";
import { parse } from "../../middleware/problem.ts";
import { liveOperationView } from "./reader.ts";

const MOST = 500;

/** GET /operations: what waits or is being carried out, oldest first; for the operator also everybody's. */
export function liveOperations({ sql }: Pick<LifecycleContext, "sql">): RequestHandler {
  return async (request, response) => {
    const caller = callerOf(response);
    const { accounts } = parse(LiveQuery, request.query);
    if (accounts === "all") requireOperator(caller, "see all accounts' operations");
    const found = await listLive(sql, accounts === "all" ? undefined : caller.accountId, MOST);
    response.json({ data: found.map(liveOperationView) });
  };
}
