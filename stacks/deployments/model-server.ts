// A compatible server and its address belong together: one is never set, nor left, without the other. And a stored key is
// for the server that it was given for: who may change settings, but was never shown the key, could otherwise have it sent to
// another.
import { COMPATIBLE } from "../../infra/assistant/openclaw.ts";
import { BerthError } from "../errors.ts";
import type { Deployment } from "./deployments.ts";

interface Wanted {
  readonly modelProvider?: string | undefined;
  readonly baseUrl?: string | undefined;
  readonly modelApiKey?: string | undefined;
}

/**
 * What a call changes of provider and address: both, or nothing.
 * @throws BerthError INVALID_REQUEST
 */
export function serverChange(
  { api_mode, model_provider, base_url }: Pick<Deployment, "api_mode" | "model_provider" | "base_url">,
  { modelProvider, baseUrl, modelApiKey }: Wanted,
): { model_provider?: string; base_url?: string | null } {
  const provider = modelProvider ?? model_provider;
  const isOwnKeyKept = api_mode === "byok" && model_provider !== null && modelApiKey === undefined;
  if (provider !== COMPATIBLE) {
    if (baseUrl !== undefined) throw refused("baseUrl", `is taken with modelProvider ${COMPATIBLE} alone`);
    if (isOwnKeyKept && provider !== model_provider)
      throw refused(
        "modelApiKey",
        `is required with another modelProvider: the stored key is for ${model_provider}`,
      );
    return modelProvider === undefined ? {} : { model_provider: modelProvider, base_url: null };
  }
  if (modelProvider === undefined && baseUrl === undefined) return {};
  if (api_mode !== "byok")
    throw refused(
      "modelProvider",
      `${COMPATIBLE} works with a key of the customer's own: it is taken in apiMode byok alone`,
    );
  const wanted = baseUrl ?? (model_provider === COMPATIBLE ? base_url : null);
  if (wanted === null) throw refused("baseUrl", `is required for modelProvider ${COMPATIBLE}`);
  if (wanted !== base_url && modelApiKey === undefined)
    throw refused("modelApiKey", "is required with another baseUrl: the stored key is for another server");
  return { model_provider: COMPATIBLE, base_url: wanted };
}

function refused(field: string, message: string): BerthError {
  return new BerthError("INVALID_REQUEST", `${field} ${message}. Nothing was changed.`, [{ field, message }]);
}
