import type { RequestHandler, Response } from "express";
import type { z } from "zod";
import { type Deployment, getDeployment } from "../../stacks/deployments/deployments.ts";
import type { LifecycleContext } from "../../stacks/operations/enqueue.ts";
import { getFromFleet } from "../../stacks/operations/fleet.ts";
import type * as answers from "../contract/answers.ts";
import { requireOperator } from "../middleware/account-access.ts";
import { callerOf } from "../middleware/caller.ts";
import { AtOnce } from "../middleware/concurrency-limit.ts";
import { SharedReads } from "../middleware/shared-reads.ts";
import { deploymentId } from "./deployment-id.ts";

/** Reads a stack from Pulumi; handed in, because the api knows nothing of Pulumi. */
export type ReadStack = (deploymentId: string) => Promise<z.infer<typeof answers.Stack>>;

/** Of one account's deployments at once; each starts two programs. */
const READS_OF_AN_ACCOUNT = 3;

type Parts = Pick<LifecycleContext, "sql"> & { readonly readStack: ReadStack };

/** GET /:id/stack: null until the deployment has a stack. */
export function stack({ sql, readStack }: Parts): RequestHandler {
  return answerStack(readStack, (response, id) => getDeployment(sql, callerOf(response).accountId, id));
}

/** GET /fleet/:id/stack: the operator's, of anybody's deployment. */
export function fleetStack({ sql, readStack }: Parts): RequestHandler {
  return answerStack(readStack, async (response, id) => {
    requireOperator(callerOf(response), "reach all accounts' deployments");
    return (await getFromFleet(sql, id)).deployment;
  });
}

function answerStack(
  readStack: ReadStack,
  find: (response: Response, id: string) => Promise<Pick<Deployment, "id" | "stack_exists">>,
): RequestHandler {
  const atOnce = new AtOnce(READS_OF_AN_ACCOUNT, "reads stacks");
  const reads = new SharedReads<Awaited<ReturnType<ReadStack>>>();
  return async (request, response) => {
    const { id, stack_exists } = await find(response, deploymentId(request));
    const read = () => reads.get(id, () => atOnce.during(response, () => readStack(id)));
    response.json({ data: stack_exists ? await read() : null });
  };
}
