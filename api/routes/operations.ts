import type { RequestHandler } from "express";
import type { Sql } from "../../stacks/database/database.ts";
import { getDeployment } from "../../stacks/deployments/deployments.ts";
import { BerthError } from "../../stacks/errors.ts";
import type { Intake } from "../../stacks/operations/enqueue.ts";
import { type OperationEvent, readLog } from "../../stacks/operations/operation-log.ts";
import { findOperation, listOperations, type Operation } from "../../stacks/operations/operations.ts";
import { sentenceOf } from "../../stacks/operations/progress.ts";
import { DeploymentId } from "../contract/requests.ts";
import { callerOf } from "../middleware/caller.ts";
import { deploymentId } from "./deployment-id.ts";
import { operationView } from "./deployment-view.ts";

/** GET /:id/operations: the latest hundred, newest first. */
export function operations({ sql }: Pick<Intake, "sql">): RequestHandler {
  return async (request, response) => {
    const { accountId } = callerOf(response);
    const deployment = await getDeployment(sql, accountId, deploymentId(request));
    const past = await listOperations(sql, deployment.id);
    response.json({ data: past.map(operationView) });
  };
}

/** GET /:id/operations/:operationId/log: as text, as far as it goes. */
export function operationLog({ sql }: Pick<Intake, "sql">): RequestHandler {
  return async (request, response) => {
    const { accountId } = callerOf(response);
    const deployment = await getDeployment(sql, accountId, deploymentId(request));
    const operation = await getOperation(sql, deployment.id, request.params.operationId);
    const entries = await readLog(sql, operation.id, 0);
    const lines = entries.map(({ at, event }) => `${at.toISOString()} ${textOf(event as OperationEvent)}\n`);
    response.type("text/plain").send(lines.join(""));
  };
}

/** What goes on in another line is indented, so that each entry is known by its time. */
function textOf(event: OperationEvent): string {
  return sentenceOf(event, Number.POSITIVE_INFINITY).replace(/\r?\n/g, "\n  ");
}

/** @throws BerthError NOT_FOUND */
async function getOperation(sql: Sql, ofDeployment: string, id: unknown): Promise<Operation> {
  const wanted = DeploymentId.safeParse(id);
  const found = wanted.success ? await findOperation(sql, wanted.data) : undefined;
  if (found?.deployment_id === ofDeployment) return found;
  throw new BerthError("NOT_FOUND", "The deployment has no operation with this id.");
}
