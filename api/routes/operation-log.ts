import type { Request, RequestHandler } from "express";
import type { Sql } from "../../stacks/database/database.ts";
import { type Deployment, getDeployment } from "../../stacks/deployments/deployments.ts";
import { BerthError } from "../../stacks/errors.ts";
import type { LifecycleContext } from "../../stacks/operations/enqueue.ts";
import { readLog } from "../../stacks/operations/operation-log.ts";
import { findOperation, type Operation } from "../../stacks/operations/operations.ts";
import { LogPageQuery } from "../contract/details.ts";
import { DeploymentId } from "../contract/requests.ts";
import { callerOf } from "../middleware/caller.ts";
import { parse } from "../middleware/problem.ts";
import { deploymentId } from "./deployment-id.ts";

/** GET /:id/operations/:operationId/log: what `events` streams of the latest one, of any. */
export function operationLog({ sql }: Pick<LifecycleContext, "sql">): RequestHandler {
  return async (request, response) => {
    const deployment = await getDeployment(sql, callerOf(response).accountId, deploymentId(request));
    const { limit, cursor } = parse(LogPageQuery, request.query);
    const operation = await operationOf(sql, deployment, request);
    const entries = await readLog(sql, operation.id, cursor, limit);
    const nextCursor = entries.length === limit ? (entries.at(-1)?.sequence ?? null) : null;
    response.json({ data: entries, nextCursor });
  };
}

/** The operation that the address names. @throws BerthError NOT_FOUND when the deployment has none with this id */
export async function operationOf(sql: Sql, deployment: Deployment, request: Request): Promise<Operation> {
  const id = DeploymentId.safeParse(request.params.operationId);
  const operation = id.success ? await findOperation(sql, id.data) : undefined;
  if (operation?.deployment_id !== deployment.id) throw noSuchOperation();
  return operation;
}

function noSuchOperation(): BerthError {
  return new BerthError(
    "NOT_FOUND",
    "The deployment has no such operation, or it is no longer kept. GET /:id/operations lists them.",
  );
}
