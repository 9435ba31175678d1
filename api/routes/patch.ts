import type { RequestHandler } from "express";
import { botOf } from "../../infra/assistant/telegram-api.ts";
import type { CallbackNetwork } from "../../stacks/callbacks/network.ts";
import { settingsChange } from "../../stacks/deployments/assistant-settings.ts";
import { type BotCheck, type BotParts, checkNewToken } from "../../stacks/deployments/bot-check.ts";
import { proofOf, requireFreeBot } from "../../stacks/deployments/bots.ts";
import { type Deployment, getDeployment } from "../../stacks/deployments/deployments.ts";
import { allows, invalidState } from "../../stacks/lifecycle.ts";
import { requestPatch, type StartContext } from "../../stacks/operations/accept.ts";
import { setLimits } from "../../stacks/usage/set-limits.ts";
import { PatchBody } from "../contract/requests.ts";
import { callerOf } from "../middleware/caller.ts";
import { parse } from "../middleware/problem.ts";
import { checkCallbackUrl } from "./callback-url.ts";
import { deploymentId } from "./deployment-id.ts";
import { deploymentView, type ViewParts } from "./deployment-view.ts";
import { checkModelServer } from "./model-server.ts";
import type { ModelParts } from "./models.ts";

/** PATCH /:id: changes settings; an active assistant takes them while it runs, another one when it is brought up. */
export function patch(
  parts: StartContext & ViewParts & Pick<ModelParts, "modelApis"> & { readonly network: CallbackNetwork },
): RequestHandler {
  return async (request, response) => {
    const caller = callerOf(response);
    const deployment = await getDeployment(parts.sql, caller.accountId, deploymentId(request));
    const { limits, ...body } = parse(PatchBody, request.body);
    const { modelLimits: ofOperator } = parts.settings;
    if (limits !== undefined && Object.keys(body).length === 0) {
      const limited = await setLimits(parts.sql, caller.accountId, deployment.id, limits, ofOperator);
      return void response.json({ data: deploymentView(parts, limited) });
    }
    if (!allows("patch", deployment.status)) throw invalidState("patch", deployment.status);
    checkCallbackUrl(parts.network, body.callbackUrl);
    const change = settingsChange(parts, deployment, body);
    await checkModelServer(parts, body.baseUrl);
    const check = await checkBot(parts, deployment, body.telegramBotToken);
    const proof = check ? proofOf(check) : {};
    if (limits !== undefined) await setLimits(parts.sql, caller.accountId, deployment.id, limits, ofOperator);
    const patched = await requestPatch(parts, caller, deployment.id, { ...change, ...proof }, check);
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
