// The settings of an assistant as its owner sends them, and what they change in its record.
import { COMPATIBLE, keyOwner } from "../../infra/assistant/openclaw.ts";
import { BerthError } from "../errors.ts";
import type { SecretBox } from "../secret.ts";
import type { StackSettings } from "../settings.ts";
import type { Deployment, DeploymentChange } from "./deployments.ts";
import { assertFallbacks } from "./fallback-models.ts";
import { serverChange } from "./model-server.ts";
import { type SecretColumn, sealColumn } from "./secret-columns.ts";

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

interface Parts {
  readonly box: SecretBox;
  readonly settings: Pick<StackSettings, "modelKeys">;
}

type Owned = Pick<
  Deployment,
  "id" | "api_mode" | "model_provider" | "base_url" | "model_id" | "fallback_models"
>;

/**
 * Checks the settings against the slot's mode and returns the change of the record, secrets sealed.
 * @throws BerthError INVALID_REQUEST
 */
export function settingsChange(
  { box, settings: { modelKeys } }: Parts,
  deployment: Owned,
  settings: AssistantSettings,
): DeploymentChange {
  const { name, modelId, fallbackModels, allowFrom, callbackUrl, telegramBotToken, modelApiKey } = settings;
  if (deployment.api_mode !== "byok") assertOperatorsKey(settings, deployment.api_mode, modelKeys);
  const server = serverChange(deployment, settings);
  assertOwnKey(settings.modelProvider ?? deployment.model_provider, modelApiKey);
  assertFallbacks(deployment, settings);
  const seal = (column: SecretColumn, value: string) => ({
    [column]: sealColumn(box, deployment.id, column, value),
  });
  return {
    ...server,
    ...(name !== undefined && { name }),
    ...(modelId !== undefined && { model_id: modelId }),
    ...(fallbackModels !== undefined && { fallback_models: JSON.stringify(fallbackModels) }),
    ...(allowFrom !== undefined && { allow_from: JSON.stringify(allowFrom) }),
    ...(callbackUrl !== undefined && { callback_url: callbackUrl, callback_disabled_at: null }),
    ...(telegramBotToken !== undefined && seal("telegram_bot_token", telegramBotToken)),
    ...(modelApiKey !== undefined && seal("model_api_key", modelApiKey)),
  };
}

/** @throws BerthError INVALID_REQUEST for a key of the customer's, and for a provider that the operator has no key of. */
function assertOperatorsKey(
  { modelProvider, modelApiKey }: AssistantSettings,
  apiMode: string,
  modelKeys: StackSettings["modelKeys"],
): void {
  if (modelApiKey !== undefined)
    throw new BerthError(
      "INVALID_REQUEST",
      "This slot uses the operator's model keys; leave modelApiKey out.",
      [{ field: "modelApiKey", message: `not taken in apiMode ${apiMode}` }],
    );
  // A compatible server needs a key of the customer's: serverChange says so.
  if (modelProvider === undefined || modelProvider === COMPATIBLE || Object.hasOwn(modelKeys, modelProvider))
    return;
  const available = Object.keys(modelKeys).join(", ") || "none yet: ask the operator";
  throw new BerthError(
    "INVALID_REQUEST",
    `This slot uses the operator's model keys, and there is none for ${modelProvider}. Nothing was changed.`,
    [{ field: "modelProvider", message: `available: ${available}` }],
  );
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
