import type { RequestHandler, Response } from "express";
import { type Deployment, getDeployment } from "../../stacks/deployments.ts";
import { BerthError } from "../../stacks/errors.ts";
import { requireDocker } from "../../stacks/look-inside.ts";
import { approvePairing, listPairings } from "../../stacks/pairing.ts";
import type { Intake } from "../../stacks/requests.ts";
import { callerOf } from "../caller.ts";
import { ApprovePairingBody } from "../contract.ts";
import { parse } from "../problem.ts";
import { deploymentId } from "./deployment-id.ts";

const RETRY_AFTER_SECONDS = 10;

/** The two calls of pairing. Each loads all of OpenClaw inside the assistant's limits: one at a time for each of them. */
export function pairing({ sql, settings }: Pick<Intake, "sql" | "settings">): {
  list: RequestHandler;
  approve: RequestHandler;
} {
  const asked = new Set<string>();

  async function alone<T>(deployment: Deployment, response: Response, ask: () => Promise<T>): Promise<T> {
    requireDocker(settings, deployment, "Set allowFrom by PATCH instead.");
    const { id } = deployment;
    if (asked.has(id)) throw busy(response);
    asked.add(id);
    return ask().finally(() => asked.delete(id));
  }

  return {
    /** GET /:id/pairing: who wants to write to the bot and waits to be approved. */
    async list(request, response) {
      const deployment = await getDeployment(sql, callerOf(response).accountId, deploymentId(request));
      response.json({ data: await alone(deployment, response, () => listPairings(deployment)) });
    },
    /** POST /:id/pairing/approve: lets the user who was sent this code write to the bot. */
    async approve(request, response) {
      const deployment = await getDeployment(sql, callerOf(response).accountId, deploymentId(request));
      const { code } = parse(ApprovePairingBody, request.body);
      await alone(deployment, response, () => approvePairing(deployment, code));
      response.json({ data: { deploymentId: deployment.id, code } });
    },
  };
}

function busy(response: Response): BerthError {
  response.set("Retry-After", String(RETRY_AFTER_SECONDS));
  return new BerthError(
    "RATE_LIMITED",
    "The assistant is being asked about its pairings already. Nothing was changed; try again in a moment.",
  );
}
