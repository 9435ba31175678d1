import type { RequestHandler } from "express";
import { botOf } from "../../infra/telegram-api.ts";
import { type BotCheck, type BotParts, checkNewToken } from "../../stacks/bot-check.ts";
import { proofOf, requireFreeBot } from "../../stacks/bots.ts";
import type { CallbackNetwork } from "../../stacks/callbacks/network.ts";
import { type Deployment, getDeployment, move, settingsChange } from "../../stacks/deployments.ts";
import { allows, invalidState } from "../../stacks/lifecycle.ts";
import { callerOf } from "../caller.ts";
import { PatchBody } from "../contract.ts";
import { deploymentView, type ViewParts } from "../deployment-view.ts";
import { parse } from "../problem.ts";
import { checkCallbackUrl } from "./callback-url.ts";
import { deploymentId } from "./deployment-id.ts";

/** PATCH /:id: changes settings; the next redeploy applies them. */
export function patch(parts: BotParts & ViewParts & { readonly network: CallbackNetwork }): RequestHandler {
  return async (request, response) => {
    const { accountId } = callerOf(response);
    const deployment = await getDeployment(parts.sql, accountId, deploymentId(request));
    const body = parse(PatchBody, request.body);
    if (!allows("patch", deployment.status)) throw invalidState("patch", deployment.status);
    await checkCallbackUrl(parts.network, body.callbackUrl);
    const change = settingsChange(parts, deployment, body);
    const check = await checkBot(parts, deployment, body.telegramBotToken);
    const proof = check ? proofOf(check) : {};
    const patched = await move(parts.sql, accountId, deployment.id, "patch", { ...change, ...proof });
    response.json({ data: deploymentView(parts, patched) });
  };
}

/** @throws BerthError INVALID_REQUEST or BOT_IN_USE. Nobody loses a bot yet: the redeploy takes it. */
async function checkBot(
  parts: BotParts,
  deployment: Deployment,
  token: string | undefined,
): Promise<BotCheck | undefined> {
  if (token === undefined) return undefined;
  const check = await checkNewToken(parts, deployment.id, token);
  await requireFreeBot(parts.sql, deployment, botOf(token), check);
  return check;
}
