import type { Request, RequestHandler, Response } from "express";
import { type Deployment, getDeployment } from "../../stacks/deployments.ts";
import { checkoutUrl, payAgain, purchase as purchaseSlot, type Shop } from "../../stacks/payments.ts";
import { EmptyBody, PurchaseBody } from "../contract.ts";
import { parse } from "../problem.ts";
import { deploymentId } from "./deployment-id.ts";

/** POST /purchase: an unpaid slot and the page to pay it on. */
export function purchase(shop: Shop): RequestHandler {
  return answerWithCheckout(shop, async (request) => {
    const { apiMode } = parse(PurchaseBody, request.body);
    return purchaseSlot(shop, apiMode);
  });
}

/** POST /:id/checkout: the page to pay again on for what was suspended. */
export function checkoutAgain(shop: Shop): RequestHandler {
  return answerWithCheckout(shop, async (request) => {
    const deployment = await getDeployment(shop.sql, deploymentId(request));
    parse(EmptyBody, request.body);
    return payAgain(shop, deployment);
  });
}

function answerWithCheckout(shop: Shop, sell: (request: Request) => Promise<Deployment>): RequestHandler {
  return async (request: Request, response: Response) => {
    const deployment = await sell(request);
    const data = { deploymentId: deployment.id, checkoutUrl: checkoutUrl(shop, deployment) };
    response.status(201).json({ data });
  };
}
