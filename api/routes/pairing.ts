import type { RequestHandler } from "express";
import { getDeployment } from "../../stacks/deployments/deployments.ts";
import { requireCalls } from "../../stacks/deployments/logs-and-usage.ts";
import { approvePairing, listPairings } from "../../stacks/deployments/pairing.ts";
import type { LifecycleContext } from "../../stacks/operations/enqueue.ts";
import { ApprovePairingBody } from "../contract/requests.ts";
import { callerOf } from "../middleware/caller.ts";
import { parse } from "../middleware/problem.ts";
import { SharedReads } from "../middleware/shared-reads.ts";
import { INSTEAD_OF_PAIRING } from "./allowed-calls.ts";
import { deploymentId } from "./deployment-id.ts";

/** The two calls of pairing. */
export function pairing({ sql, box, settings }: Pick<LifecycleContext, "sql" | "box" | "settings">): {
  list: RequestHandler;
  approve: RequestHandler;
} {
  const reads = new SharedReads<Awaited<ReturnType<typeof listPairings>>>();
  return {
    /** GET /:id/pairing: who wants to write to the bot and waits to be approved. */
    async list(request, response) {
      const deployment = await getDeployment(sql, callerOf(response).accountId, deploymentId(request));
      requireCalls(settings, deployment, INSTEAD_OF_PAIRING);
      response.json({ data: await reads.get(deployment.id, () => listPairings(settings, box, deployment)) });
    },
    /** POST /:id/pairing/approve: lets the user who was sent this code write to the bot. */
    async approve(request, response) {
      const deployment = await getDeployment(sql, callerOf(response).accountId, deploymentId(request));
      const { code } = parse(ApprovePairingBody, request.body);
      requireCalls(settings, deployment, INSTEAD_OF_PAIRING);
      const isNotified = await approvePairing(settings, box, deployment, code);
      response.json({ data: { deploymentId: deployment.id, code, isNotified } });
    },
  };
}
