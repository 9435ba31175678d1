// The settings of an assistant as its owner sends them, and what they change in its record.
import { keyOwner } from "../../infra/assistant/openclaw.ts";
import { BerthError } from "../errors.ts";
import type { SecretBox } from "../secret.ts";
import type { StackSettings } from "../settings.ts";
import type { Deployment, DeploymentChange } from "./deployments.ts";
import { assertFallbacks } from "./fallback-models.ts";
import { serverChange } from "./model-server.ts";
import { sealColumn } from "./secret-columns.ts";

/** The settings of an assistant, as activate and PATCH take them; what is absent stays as it is. */
interface AssistantSettings {
  readonly name?: string | undefined;
  readonly modelProvider?: string | undefined;
  readonly modelId?: string | undefined;
  readonly baseUrl?: string | undefined;
  readonly fallbackModels?: readonly string[] | undefined;
  readonly telegramBotToken?: string | undefined;
  readonly modelApiKey?: string | undefined;
  readonly allowFrom?: readonly string[] | undefined;
  readonly callbackUrl?: string | null | undefined;
}

/** Checks the settings against the slot's mode and returns the change of the record, secrets sealed. */
export function settingsChange(
  {
    box,
    settings: { modelKeys },
  }: { readonly box: SecretBox; readonly settings: Pick<StackSettings, "modelKeys"> },
  deployment: Pick<
    Deployment,
    "id" | "api_mode" | "model_provider" | "base_url" | "model_id" | "fallback_models"
  >,
  settings: AssistantSettings,
): DeploymentChange {
  if (settings.modelApiKey !== undefined && deployment.api_mode !== "byok") {
    throw new BerthError(
      "INVALID_REQUEST",
      "This slot uses the operator's model keys; leave modelApiKey out.",
      [{ field: "modelApiKey", message: `not taken in apiMode ${deployment.api_mode}` }],
    );
  }
  const { modelProvider } = settings;
  const server = serverChange(deployment, settings);
  if (
    modelProvider !== undefined &&
    deployment.api_mode !== "byok" &&
    !Object.hasOwn(modelKeys, modelProvider)
  ) {
    const available = Object.keys(modelKeys).join(", ") || "none yet: ask the operator";
    throw new BerthError(
      "INVALID_REQUEST",
      `This slot uses the operator's model keys, and there is none for ${modelProvider}. Nothing was changed.`,
      [{ field: "modelProvider", message: `available: ${available}` }],
    );
  }
  assertOwnKey(modelProvider ?? deployment.model_provider, settings.modelApiKey);
  assertFallbacks(deployment, settings);
  const change: DeploymentChange = { ...server };
  if (settings.name !== undefined) change.name = settings.name;
  if (settings.modelId !== undefined) change.model_id = settings.modelId;
  if (settings.fallbackModels !== undefined) change.fallback_models = JSON.stringify(settings.fallbackModels);
  if (settings.allowFrom !== undefined) change.allow_from = JSON.stringify(settings.allowFrom);
  if (settings.callbackUrl !== undefined) {
    change.callback_url = settings.callbackUrl;
    change.callback_disabled_at = null;
  }
  if (settings.telegramBotToken !== undefined) {
    change.telegram_bot_token = sealColumn(
      box,
      deployment.id,
      "telegram_bot_token",
      settings.telegramBotToken,
    );
  }
  if (settings.modelApiKey !== undefined) {
    change.model_api_key = sealColumn(box, deployment.id, "model_api_key", settings.modelApiKey);
  }
  return change;
}

/** @throws BerthError INVALID_REQUEST for a key that is another provider's by its first letters. */
function assertOwnKey(modelProvider: string | null, modelApiKey: string | undefined): void {
  const owner = modelApiKey && keyOwner(modelApiKey);
  if (!owner || owner === modelProvider) return;
  throw new BerthError(
    "INVALID_REQUEST",
    `The model key is one of ${owner}, and modelProvider is ${modelProvider}. Nothing was changed; send both in one call.`,
    [{ field: "modelApiKey", message: `is a key of ${owner}, not of ${modelProvider}` }],
  );
}
