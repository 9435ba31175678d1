import type { RequestHandler } from "express";
import { botOf, requireFreeBot } from "../../stacks/bots.ts";
import type { CallbackNetwork } from "../../stacks/callbacks/network.ts";
import { getDeployment, move, settingsChange } from "../../stacks/deployments.ts";
import { allows, invalidState } from "../../stacks/lifecycle.ts";
import type { Intake } from "../../stacks/requests.ts";
import { callerOf } from "../caller.ts";
import { PatchBody } from "../contract.ts";
import { deploymentView, type ViewParts } from "../deployment-view.ts";
import { parse } from "../problem.ts";
import { checkCallbackUrl } from "./callback-url.ts";
import { deploymentId } from "./deployment-id.ts";

/** PATCH /:id: changes settings; the next redeploy applies them. */
export function patch(parts: Intake & ViewParts & { readonly network: CallbackNetwork }): RequestHandler {
  return async (request, response) => {
    const { accountId } = callerOf(response);
    const deployment = await getDeployment(parts.sql, accountId, deploymentId(request));
    const body = parse(PatchBody, request.body);
    if (!allows("patch", deployment.status)) throw invalidState("patch", deployment.status);
    await checkCallbackUrl(parts.network, body.callbackUrl);
    if (body.telegramBotToken !== undefined)
      await requireFreeBot(parts.sql, deployment, botOf(body.telegramBotToken));
    const change = settingsChange(parts, deployment, body);
    const patched = await move(parts.sql, accountId, deployment.id, "patch", change);
    response.json({ data: deploymentView(parts, patched) });
  };
}
