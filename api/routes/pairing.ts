import type { RequestHandler } from "express";
import { getDeployment } from "../../stacks/deployments.ts";
import { requireDocker } from "../../stacks/look-inside.ts";
import { approvePairing, listPairings } from "../../stacks/pairing.ts";
import type { Intake } from "../../stacks/requests.ts";
import { callerOf } from "../caller.ts";
import { ApprovePairingBody } from "../contract.ts";
import { parse } from "../problem.ts";
import { deploymentId } from "./deployment-id.ts";

const INSTEAD = "Set allowFrom by PATCH instead.";

/** The two calls of pairing. */
export function pairing({ sql, box, settings }: Pick<Intake, "sql" | "box" | "settings">): {
  list: RequestHandler;
  approve: RequestHandler;
} {
  return {
    /** GET /:id/pairing: who wants to write to the bot and waits to be approved. */
    async list(request, response) {
      const deployment = await getDeployment(sql, callerOf(response).accountId, deploymentId(request));
      requireDocker(settings, deployment, INSTEAD);
      response.json({ data: await listPairings(box, deployment) });
    },
    /** POST /:id/pairing/approve: lets the user who was sent this code write to the bot. */
    async approve(request, response) {
      const deployment = await getDeployment(sql, callerOf(response).accountId, deploymentId(request));
      const { code } = parse(ApprovePairingBody, request.body);
      requireDocker(settings, deployment, INSTEAD);
      const isNotified = await approvePairing(box, deployment, code);
      response.json({ data: { deploymentId: deployment.id, code, isNotified } });
    },
  };
}
