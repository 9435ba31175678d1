// Whose key pays for a deployment's model: the customer's own, or the operator's.
import { COMPATIBLE, MODEL_PROVIDERS, type ModelProvider } from "../../infra/assistant/openclaw.ts";
import type { Secret, SecretBox } from "../secret.ts";
import type { StackSettings } from "../settings.ts";
import type { Deployment } from "./deployments.ts";
import { openColumn, readColumn } from "./secret-columns.ts";

/** The customer's own key, or the operator's, who may have none: a stop does without. */
export function modelKey(
  { modelKeys }: StackSettings,
  box: SecretBox,
  deployment: Deployment,
): Secret | undefined {
  if (deployment.api_mode === "byok") return openColumn(box, deployment, "model_api_key");
  return operatorsKey(modelKeys, modelProvider(deployment));
}

/** The operator has none for servers that customers name. */
export function operatorsKey(
  modelKeys: StackSettings["modelKeys"],
  provider: ModelProvider,
): Secret | undefined {
  return provider === COMPATIBLE ? undefined : modelKeys[provider];
}

/** As modelKey, for who can do without one that can't be opened. */
export function readModelKey(
  settings: StackSettings,
  box: SecretBox,
  deployment: Deployment,
): Secret | undefined {
  if (deployment.api_mode === "byok") return readColumn(box, deployment, "model_api_key");
  return modelKey(settings, box, deployment);
}

export function assertModelKey({ modelKeys }: StackSettings, deployment: Deployment): void {
  if (deployment.api_mode === "byok") return;
  const provider = modelProvider(deployment);
  if (!operatorsKey(modelKeys, provider))
    throw new Error(`The operator has no model key for ${provider}. Choose another modelProvider.`);
}

export function modelProvider(deployment: Deployment) {
  const known = MODEL_PROVIDERS.find((provider) => provider === deployment.model_provider);
  if (!known) throw new Error(`The deployment has an unknown model provider "${deployment.model_provider}".`);
  return known;
}
