// What follows from what a model's provider says of an assistant's key and models. Pure.
import type { Verdict } from "../../infra/assistant/model-apis.ts";
import type { Cause } from "../causes.ts";
import type { Deployment } from "../deployments/deployments.ts";
import { fallbacksOf } from "../deployments/fallback-models.ts";
import { type GatewayUser, usesGateway, type WithGateway } from "../usage/gateway-use.ts";

type Checked = GatewayUser &
  Pick<Deployment, "model_provider" | "model_id" | "fallback_models" | "model_token">;

const UNTIL = "The assistant runs, but can't answer until that is mended:";

/** @param verdicts on its model, and on its fallback models in their order */
export function modelCause(
  settings: WithGateway,
  deployment: Checked,
  verdicts: readonly Verdict[],
): Cause | undefined {
  if (verdicts[0] === "key refused") return keyRefused(settings, deployment);
  const models = [deployment.model_id, ...fallbacksOf(deployment)];
  const unknown = models.filter((_, index) => verdicts[index] === "model unknown").map(quoted);
  if (unknown.length === 0) return undefined;
  const standIn = models.find((_, index) => verdicts[index] === "accepted");
  return { code: "MODEL_UNKNOWN", message: unknownText(deployment, unknown, verdicts[0], standIn) };
}

function unknownText(
  { model_provider: provider }: Checked,
  unknown: readonly string[],
  ofOwn: Verdict | undefined,
  standIn: string | null | undefined,
): string {
  const lacks = `${provider} has no model ${unknown.join(" and no model ")}, or not for this key.`;
  if (ofOwn !== "model unknown")
    return `${lacks} A fallback model that there is not can't answer: PATCH fallbackModels.`;
  if (standIn === undefined) return `${lacks} ${UNTIL} PATCH modelId.`;
  return `${lacks} The fallback model ${quoted(standIn)} answers meanwhile: PATCH modelId.`;
}

function keyRefused(settings: WithGateway, deployment: Checked): Cause {
  const { api_mode, model_provider: provider } = deployment;
  const code = "MODEL_KEY_REFUSED";
  if (api_mode === "byok")
    return {
      code,
      message: `${provider} refuses the model key: it is wrong, expired or revoked. ${UNTIL} PATCH modelApiKey.`,
    };
  // One that was brought up before the gateway was there has the key itself, until its next redeploy.
  const hasKey = deployment.model_token === null || !usesGateway(settings, deployment);
  return {
    code,
    message: `${provider} refuses the operator's model key. ${UNTIL} the operator has to renew it${hasKey ? "; then redeploy" : ""}. Your settings are not at fault.`,
  };
}

function quoted(model: string | null): string {
  return JSON.stringify(model);
}
