// Whether an assistant may ask a model now. Changes nothing but what is under way.

import { COMPATIBLE, type ModelProvider } from "../../infra/assistant/openclaw.ts";
import type { ModelRequest, Refusal } from "../../infra/gateway/access.ts";
import type { DeploymentTable } from "../database/deployment-table.ts";
import { isEnded, type Status } from "../lifecycle.ts";
import type { ModelLimits } from "../settings.ts";
import { limitsMoneyAlone, lowerOf, refusalOf } from "./limits.ts";
import { type Booked, reserve, type Spend, spentOf } from "./spend.ts";

/** While it is brought up, it may be asked something already. */
export const MAY_ASK: readonly Status[] = ["active", "deploying"];

export interface Judging {
  readonly gatewayId: string;
  /** The operator's own, by mode. */
  readonly limits: Readonly<Record<DeploymentTable["api_mode"], ModelLimits>>;
  /** Whether a provider has a key of the operator's. */
  readonly hasKey: (provider: ModelProvider) => boolean;
}

export type Decision = Permission | { readonly refusal: Refusal };

export interface Permission {
  readonly deploymentId: string;
  readonly at: Date;
  /** Sealed; null where the operator's is used. */
  readonly sealedKey: string | null;
  /** Of a compatible server; null for every other provider. */
  readonly baseUrl: string | null;
}

/** @param asker undefined if no token is that one; what it has under way is changed if it may */
export function decide(
  asker: (Spend & Booked) | undefined,
  { provider, model, worst }: ModelRequest,
  judging: Judging,
): Decision {
  if (!asker) return refuse(401, "This token is not, or no longer, one of an assistant.");
  const { status, payment, api_mode, model_provider, model_limits, stops, now } = asker;
  if (!MAY_ASK.includes(status) || isEnded(payment))
    return refuse(403, "This assistant is stopped, and may not ask its model.");
  if (stops.includes("all") || stops.includes(provider))
    return refuse(503, "The operator has stopped all requests to this provider for now.");
  if (provider !== model_provider)
    return refuse(403, `This assistant's models are those of ${model_provider}, not of ${provider}.`);
  const ownKey = api_mode === "byok";
  if (ownKey ? asker.model_api_key === null : !judging.hasKey(provider))
    return refuse(
      503,
      `There is no model key for ${provider}. ${ownKey ? "PATCH modelApiKey." : "The operator has to set one."}`,
    );
  const permission = {
    deploymentId: asker.deployment_id,
    at: now,
    sealedKey: ownKey ? asker.model_api_key : null,
    baseUrl: provider === COMPATIBLE ? asker.base_url : null,
  };
  if (model === null) return permission;
  const limits = lowerOf(model_limits, judging.limits[api_mode]);
  if (worst.microdollars === null && limitsMoneyAlone(limits))
    return refuse(
      403,
      `What ${model} costs is not known here, and this assistant may spend a limited sum. Choose another model.`,
    );
  const refused = refusalOf(limits, spentOf(asker), now);
  if (refused) return { refusal: refused };
  reserve(asker, worst);
  return permission;
}

function refuse(status: Refusal["status"], message: string): { refusal: Refusal } {
  return { refusal: { status, message } };
}
