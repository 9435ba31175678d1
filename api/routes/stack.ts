import type { RequestHandler } from "express";
import type { z } from "zod";
import { getDeployment } from "../../stacks/deployments/deployments.ts";
import type { Intake } from "../../stacks/operations/enqueue.ts";
import type * as answers from "../contract/answers.ts";
import { callerOf } from "../middleware/caller.ts";
import { AtOnce } from "../middleware/concurrency-limit.ts";
import { SharedReads } from "../middleware/shared-reads.ts";
import { deploymentId } from "./deployment-id.ts";

/** Reads a stack from Pulumi; handed in, because the api knows nothing of Pulumi. */
export type ReadStack = (deploymentId: string) => Promise<z.infer<typeof answers.Stack>>;

/** Of one account's deployments at once; each starts two programs. */
const READS_OF_AN_ACCOUNT = 3;

/** GET /:id/stack: null until the deployment has a stack. */
export function stack({
  sql,
  readStack,
}: Pick<Intake, "sql"> & { readonly readStack: ReadStack }): RequestHandler {
  const atOnce = new AtOnce(READS_OF_AN_ACCOUNT, "reads stacks");
  const reads = new SharedReads<Awaited<ReturnType<ReadStack>>>();
  return async (request, response) => {
    const { accountId } = callerOf(response);
    const { id, stack_exists } = await getDeployment(sql, accountId, deploymentId(request));
    const read = () => reads.get(id, () => atOnce.during(response, () => readStack(id)));
    response.json({ data: stack_exists ? await read() : null });
  };
}
