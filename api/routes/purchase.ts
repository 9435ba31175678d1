import type { RequestHandler } from "express";
import { purchase as createSlot } from "../../stacks/deployments.ts";
import { checkoutUrl, type PaymentKind } from "../../stacks/payments.ts";
import type { Intake } from "../../stacks/requests.ts";
import { noteDeployment } from "../audit.ts";
import { callerOf } from "../caller.ts";
import { PurchaseBody } from "../contract.ts";
import { parse } from "../problem.ts";

/** POST /purchase: an unpaid slot and the page to pay it on. */
export function purchase(
  parts: Pick<Intake, "sql"> & {
    readonly payments: PaymentKind;
    readonly publicUrl: () => string;
    readonly maxLiveDeployments: number;
  },
): RequestHandler {
  return async (request, response) => {
    const { accountId } = callerOf(response);
    const { apiMode } = parse(PurchaseBody, request.body);
    checkoutUrl(parts.payments, parts.publicUrl(), "");
    const slot = await createSlot(parts.sql, { accountId, apiMode, maxLive: parts.maxLiveDeployments });
    noteDeployment(response, slot.id);
    const url = checkoutUrl(parts.payments, parts.publicUrl(), slot.checkout_id);
    response.status(201).json({ data: { deploymentId: slot.id, checkoutUrl: url } });
  };
}
