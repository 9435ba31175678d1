import type { RequestHandler, Response } from "express";
import type { z } from "zod";
import type { Sql } from "../../stacks/database/database.ts";
import { getDeployment } from "../../stacks/deployments/deployments.ts";
import type { StackSettings } from "../../stacks/settings.ts";
import { presentUse } from "../../stacks/usage/present.ts";
import { type Period, totalOf, usageRows } from "../../stacks/usage/reports.ts";
import { listStops, type resumeModels, type stopModels } from "../../stacks/usage/set-limits.ts";
import {
  type AccountUsage,
  AccountUsageQuery,
  ModelStopBody,
  type ModelUsage,
  UsageQuery,
} from "../contract/usage.ts";
import { accountAskedFor, requireOperator } from "../middleware/account-access.ts";
import { callerOf } from "../middleware/caller.ts";
import { parse } from "../middleware/problem.ts";
import { deploymentId } from "./deployment-id.ts";

interface Parts {
  readonly sql: Sql;
  readonly settings: Pick<StackSettings, "modelLimits">;
}

/** GET /:id/usage */
export function usage({ sql, settings }: Parts): RequestHandler {
  return async (request, response) => {
    const deployment = await getDeployment(sql, callerOf(response).accountId, deploymentId(request));
    const { by, ...asked } = parse(UsageQuery, request.query);
    const period = periodOf(asked);
    const rows = await usageRows(sql, { deploymentId: deployment.id }, period, by);
    const { windows: present, ...use } = await presentUse(sql, deployment, settings.modelLimits);
    const data: z.infer<typeof ModelUsage> = { ...period, rows, total: totalOf(rows), present, ...use };
    response.json({ data });
  };
}

/** GET /usage: the account's; the operator sees everybody's, or that of `?account=`. */
export function accountUsage({ sql }: Parts): RequestHandler {
  return async (request, response) => {
    const { by, account, ...asked } = parse(AccountUsageQuery, request.query);
    const accountId = await accountAskedFor(sql, callerOf(response), account);
    const period = periodOf(asked);
    const rows = await usageRows(sql, { accountId }, period, by);
    const data: z.infer<typeof AccountUsage> = { ...period, rows, total: totalOf(rows) };
    response.json({ data });
  };
}

/** GET /model-gateway/stops */
export function listModelStops({ sql }: Parts): RequestHandler {
  return async (_request, response) => {
    operator(response);
    response.json({ data: await listStops(sql) });
  };
}

/** POST /model-gateway/stop and /resume. */
export function switchModels(
  { sql }: Parts,
  change: typeof stopModels | typeof resumeModels,
): RequestHandler {
  return async (request, response) => {
    operator(response);
    await change(sql, parse(ModelStopBody, request.body).provider);
    response.json({ data: await listStops(sql) });
  };
}

function operator(response: Response): void {
  requireOperator(callerOf(response), "stop models, or see what is stopped");
}

/** This month so far where nothing is asked for. */
function periodOf({ from, to }: { from?: string | undefined; to?: string | undefined }): Period {
  const last = to ?? new Date().toISOString().slice(0, 10);
  return { from: from ?? `${last.slice(0, 7)}-01`, to: last };
}
