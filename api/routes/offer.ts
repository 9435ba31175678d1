import type { RequestHandler } from "express";
import { MODEL_PROVIDERS } from "../../infra/assistant/openclaw.ts";
import { regionsOf } from "../../stacks/deployments/regions.ts";
import { type Shop, sells } from "../../stacks/payments/payments.ts";
import type { StackSettings } from "../../stacks/settings.ts";
import type { Offer } from "../contract/details.ts";
import { PurchaseBody } from "../contract/requests.ts";

export interface OfferParts extends Pick<Shop, "payments"> {
  readonly settings: Pick<StackSettings, "places" | "modelKeys">;
  readonly sellsModels: boolean;
}

/** GET /offer: what purchase takes here. */
export function offer({ payments, settings, sellsModels }: OfferParts): RequestHandler {
  return (_request, response) => {
    const data: Offer = {
      payments: payments.kind,
      apiModes: PurchaseBody.shape.apiMode.options.filter(
        (mode) => (mode === "byok" || sellsModels) && sells(payments, mode),
      ),
      regions: regionsOf(settings),
      operatorProviders: MODEL_PROVIDERS.filter((provider) => Object.hasOwn(settings.modelKeys, provider)),
    };
    response.json({ data });
  };
}
