import type { RequestHandler } from "express";
import type { CallbackNetwork } from "../../stacks/callbacks/network.ts";
import { settingsChange } from "../../stacks/deployments/assistant-settings.ts";
import { checkNewToken } from "../../stacks/deployments/bot-check.ts";
import { getDeployment } from "../../stacks/deployments/deployments.ts";
import { allows, invalidState, LIFECYCLE } from "../../stacks/lifecycle.ts";
import { requestActivate, type StartContext } from "../../stacks/operations/accept.ts";
import { confirmPayment } from "../../stacks/payments/confirm.ts";
import type { Payments } from "../../stacks/payments/payments.ts";
import { ActivateBody } from "../contract/requests.ts";
import { callerOf } from "../middleware/caller.ts";
import { invalidRequest, parse } from "../middleware/problem.ts";
import { checkCallbackUrl } from "./callback-url.ts";
import { deploymentId } from "./deployment-id.ts";
import { acceptedView } from "./deployment-view.ts";
import { checkModelServer } from "./model-server.ts";
import type { ModelParts } from "./models.ts";

/** POST /:id/activate: configures a paid slot and brings its assistant up. */
export function activate(
  parts: StartContext &
    Pick<ModelParts, "modelApis"> & { readonly payments: Payments; readonly network: CallbackNetwork },
): RequestHandler {
  return async (request, response) => {
    const caller = callerOf(response);
    const found = await getDeployment(parts.sql, caller.accountId, deploymentId(request));
    const body = parse(ActivateBody, request.body);
    const deployment = await confirmPayment(parts, found);
    if (!allows("activate", deployment.status)) throw invalidState("activate", deployment.status);
    if (deployment.api_mode === "byok" && body.modelApiKey === undefined) {
      throw invalidRequest([{ field: "modelApiKey", message: "is required for apiMode byok" }]);
    }
    checkCallbackUrl(parts.network, body.callbackUrl);
    const change = settingsChange(parts, deployment, body);
    await checkModelServer(parts, body.baseUrl);
    const check = await checkNewToken(parts, deployment.id, body.telegramBotToken);
    const operation = await requestActivate(parts, caller, deployment.id, change, check);
    response.status(202).json({ data: acceptedView(LIFECYCLE.activate.during, operation) });
  };
}
