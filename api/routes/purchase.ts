import type { RequestHandler } from "express";
import { purchase as buySlot, checkoutUrl, type Payments } from "../../stacks/payments.ts";
import type { Intake } from "../../stacks/requests.ts";
import { PurchaseBody } from "../contract.ts";
import { parse } from "../problem.ts";

/** POST /purchase: an unpaid slot and the page to pay it on. */
export function purchase(
  parts: Pick<Intake, "sql"> & { readonly payments: Payments; readonly publicUrl: () => string },
): RequestHandler {
  return async (request, response) => {
    const { apiMode } = parse(PurchaseBody, request.body);
    const slot = await buySlot(parts, apiMode, parts.publicUrl());
    const url = checkoutUrl(parts.payments, slot, parts.publicUrl());
    response.status(201).json({ data: { deploymentId: slot.id, checkoutUrl: url } });
  };
}
