import type { RequestHandler, Response } from "express";
import type { z } from "zod";
import { type CallbackSecret, callbackSecret, rotateCallbackSecret } from "../../stacks/callbacks/secret.ts";
import { getDeployment } from "../../stacks/deployments/deployments.ts";
import type { LifecycleContext } from "../../stacks/operations/enqueue.ts";
import type * as answers from "../contract/callbacks.ts";
import { EmptyBody } from "../contract/requests.ts";
import { needScope } from "../middleware/authenticate.ts";
import { callerOf } from "../middleware/caller.ts";
import { parse } from "../middleware/problem.ts";
import { deploymentId } from "./deployment-id.ts";

type Parts = Pick<LifecycleContext, "sql" | "box">;

/** GET /:id/callback-secret: what the receiver verifies callbacks with. Who only reads could forge callbacks by it. */
export function showSecret({ sql, box }: Parts): RequestHandler {
  return async (request, response) => {
    needScope(response, "write");
    const deployment = await getDeployment(sql, callerOf(response).accountId, deploymentId(request));
    answer(response, await callbackSecret(sql, box, deployment));
  };
}

/** POST /:id/callback-secret/rotate: a new secret; callbacks carry signatures of both for a while. */
export function rotateSecret({ sql, box }: Parts): RequestHandler {
  return async (request, response) => {
    const { id } = await getDeployment(sql, callerOf(response).accountId, deploymentId(request));
    parse(EmptyBody, request.body);
    answer(response, await rotateCallbackSecret(sql, box, id));
  };
}

function answer(response: Response, { current, previous }: CallbackSecret): void {
  response.set("Cache-Control", "no-store");
  const data: z.infer<typeof answers.CallbackSecret> = {
    secret: current,
    previousSignsUntil: previous?.until ?? null,
  };
  response.json({ data });
}
