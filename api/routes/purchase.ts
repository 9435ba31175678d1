import type { RequestHandler, Response } from "express";
import type { z } from "zod";
import { type Deployment, getDeployment } from "../../stacks/deployments/deployments.ts";
import { placeForSlot } from "../../stacks/deployments/regions.ts";
import type { Installation } from "../../stacks/installation.ts";
import {
  checkoutUrl,
  payAgain,
  purchase as purchaseSlot,
  type Shop,
} from "../../stacks/payments/payments.ts";
import type * as answers from "../contract/answers.ts";
import { EmptyBody, PurchaseBody } from "../contract/requests.ts";
import { noteDeployment } from "../middleware/audit.ts";
import { callerOf } from "../middleware/caller.ts";
import { invalidRequest, parse } from "../middleware/problem.ts";
import { deploymentId } from "./deployment-id.ts";

/** POST /purchase: an unpaid slot and the page to pay it on. */
export function purchase(
  shop: Shop &
    Pick<Installation, "settings" | "rehearsal"> & {
      readonly maxLiveDeployments: number;
      readonly sellsModels: boolean;
    },
): RequestHandler {
  return async (request, response) => {
    const { accountId } = callerOf(response);
    const { apiMode, region: wanted } = parse(PurchaseBody, request.body);
    const place = placeForSlot(shop.settings, wanted);
    if (apiMode !== "byok" && !shop.sellsModels)
      throw invalidRequest([{ field: "apiMode", message: "must be byok: this installation sells no other" }]);
    await shop.rehearsal.assertPassed();
    const slot = await purchaseSlot(shop, { accountId, apiMode, place, maxLive: shop.maxLiveDeployments });
    noteDeployment(response, slot.id);
    answer(response, shop, slot);
  };
}

/** POST /:id/checkout: the page to pay again on for what was suspended. */
export function checkoutAgain(shop: Shop): RequestHandler {
  return async (request, response) => {
    const deployment = await getDeployment(shop.sql, callerOf(response).accountId, deploymentId(request));
    parse(EmptyBody, request.body);
    answer(response, shop, await payAgain(shop, deployment));
  };
}

function answer(response: Response, shop: Shop, deployment: Deployment): void {
  const data: z.infer<typeof answers.Slot> = {
    deploymentId: deployment.id,
    checkoutUrl: checkoutUrl(shop, deployment),
  };
  response.status(201).json({ data });
}
