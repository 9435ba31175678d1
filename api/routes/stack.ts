import type { RequestHandler } from "express";
import type { z } from "zod";
import { getDeployment } from "../../stacks/deployments/deployments.ts";
import type { Intake } from "../../stacks/operations/enqueue.ts";
import type * as answers from "../contract/answers.ts";
import { callerOf } from "../middleware/caller.ts";
import { deploymentId } from "./deployment-id.ts";

/** Reads a stack from Pulumi; handed in, because the api knows nothing of Pulumi. */
export type ReadStack = (deploymentId: string) => Promise<z.infer<typeof answers.Stack>>;

/** GET /:id/stack: null until the deployment has a stack. */
export function stack({
  sql,
  readStack,
}: Pick<Intake, "sql"> & { readonly readStack: ReadStack }): RequestHandler {
  return async (request, response) => {
    const { accountId } = callerOf(response);
    const deployment = await getDeployment(sql, accountId, deploymentId(request));
    response.json({ data: deployment.stack_exists ? await readStack(deployment.id) : null });
  };
}
