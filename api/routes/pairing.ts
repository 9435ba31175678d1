import type { RequestHandler } from "express";
import { getDeployment } from "../../stacks/deployments.ts";
import { approvePairing, listPairings } from "../../stacks/pairing.ts";
import type { Intake } from "../../stacks/requests.ts";
import { callerOf } from "../caller.ts";
import { ApprovePairingBody } from "../contract.ts";
import { parse } from "../problem.ts";
import { deploymentId } from "./deployment-id.ts";

/** GET /:id/pairing: who wants to write to the bot and waits to be approved. */
export function pairings({ sql }: Pick<Intake, "sql">): RequestHandler {
  return async (request, response) => {
    const deployment = await getDeployment(sql, callerOf(response).accountId, deploymentId(request));
    response.json({ data: await listPairings(deployment) });
  };
}

/** POST /:id/pairing/approve: lets the user who was sent this code write to the bot. */
export function approve({ sql }: Pick<Intake, "sql">): RequestHandler {
  return async (request, response) => {
    const deployment = await getDeployment(sql, callerOf(response).accountId, deploymentId(request));
    const { code } = parse(ApprovePairingBody, request.body);
    await approvePairing(deployment, code);
    response.json({ data: { deploymentId: deployment.id, code } });
  };
}
