import type { RequestHandler } from "express";
import type { z } from "zod";
import { type Callback, listCallbacks, replayCallback } from "../../stacks/callbacks/deliveries.ts";
import { getDeployment } from "../../stacks/deployments/deployments.ts";
import { notFound } from "../../stacks/errors.ts";
import type { LifecycleContext } from "../../stacks/operations/enqueue.ts";
import { findWithOperation } from "../../stacks/operations/operations.ts";
import type * as answers from "../contract/callbacks.ts";
import { DeploymentId, EmptyBody, ListQuery } from "../contract/requests.ts";
import { callerOf } from "../middleware/caller.ts";
import { parse } from "../middleware/problem.ts";
import { deploymentId } from "./deployment-id.ts";

/** GET /:id/callbacks: newest first, by pages; for deleted deployments too, whose last callback may be on its way. */
export function callbacks({ sql }: Pick<LifecycleContext, "sql">): RequestHandler {
  return async (request, response) => {
    const found = await findWithOperation(sql, callerOf(response).accountId, deploymentId(request));
    if (!found) throw notFound();
    const { rows, nextCursor } = await listCallbacks(
      sql,
      found.deployment.id,
      parse(ListQuery, request.query),
    );
    response.json({ data: rows.map(callbackView), nextCursor });
  };
}

/** POST /:id/callbacks/:callbackId/replay: delivers once more, under the same id. */
export function replay({ sql }: Pick<LifecycleContext, "sql">): RequestHandler {
  return async (request, response) => {
    const deployment = await getDeployment(sql, callerOf(response).accountId, deploymentId(request));
    parse(EmptyBody, request.body);
    const id = DeploymentId.safeParse(request.params.callbackId);
    if (!id.success) throw notFound();
    response.status(202).json({ data: callbackView(await replayCallback(sql, deployment, id.data)) });
  };
}

function callbackView(callback: Callback): z.infer<typeof answers.Callback> {
  const { id, type, state, attempts, next_attempt_at, created_at } = callback;
  return { id, type, state, attempts, nextAttemptAt: next_attempt_at, createdAt: created_at };
}
