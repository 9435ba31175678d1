// What Polar's answers and webhooks mean for a deployment. Events that are not listed here are of no concern to Berth.
import { z } from "zod";
import type { Notice } from "./notices.ts";

/** The other reasons pay for what was bought before. */
const BUYING: readonly string[] = ["purchase", "subscription_create"];

const Order = z.object({
  id: z.string().min(1),
  created_at: z.coerce.date(),
  modified_at: z.coerce.date().nullish(),
  status: z.string(),
  billing_reason: z.string(),
  checkout_id: z.string().nullish(),
  subscription_id: z.string().nullish(),
  total_amount: z.number(),
  refunded_amount: z.number(),
  refunded_tax_amount: z.number().default(0),
});
type Order = z.infer<typeof Order>;

const Subscription = z.object({ id: z.string().min(1), checkout_id: z.string().nullish() });

/** A page that pays for a slot. */
const Checkout = z
  .object({ id: z.uuid(), url: z.url({ protocol: /^https?$/ }), expires_at: z.coerce.date() })
  .transform(({ id, url, expires_at: expiresAt }) => ({ id, url, expiresAt }));
export type Checkout = z.infer<typeof Checkout>;

const Envelope = z.object({ type: z.string(), timestamp: z.coerce.date(), data: z.unknown() });

/**
 * What a webhook's event says; undefined if it is of no concern.
 * @throws Error when it has not the form that Polar documents.
 */
export function readEvent(id: string, event: unknown): Notice | undefined {
  const { type, timestamp: at, data } = Envelope.parse(event);
  switch (type) {
    case "order.paid": {
      const order = Order.parse(data);
      return { id, type, at, ...namesOf(order), says: paidBy(order) };
    }
    case "order.refunded": {
      const order = Order.parse(data);
      return { id, type, at, ...namesOf(order), says: isFullyRefunded(order) ? "refunded" : "nothing" };
    }
    case "subscription.active":
      return { id, type, at, ...namesOfSubscription(data), says: "paid" };
    case "subscription.revoked":
      return { id, type, at, ...namesOfSubscription(data), says: "revoked" };
    case "subscription.past_due":
    case "subscription.canceled":
      return { id, type, at, ...namesOfSubscription(data), says: "nothing" };
    default:
      return undefined;
  }
}

/** @throws Error when it has not the form that Polar documents. */
export function readCheckout(answered: unknown): Checkout {
  return Checkout.parse(answered);
}

/** What a paid order says that Polar was asked for. */
export function readOrder(answered: unknown): Notice[] {
  const order = Order.parse(answered);
  const names = namesOf(order);
  const paid: Notice = {
    id: `asked ${order.id} paid`,
    type: "order.paid",
    at: order.created_at,
    ...names,
    says: paidBy(order),
  };
  if (!isFullyRefunded(order)) return [paid];
  const at = order.modified_at ?? new Date();
  return [paid, { id: `asked ${order.id} refunded`, type: "order.refunded", at, ...names, says: "refunded" }];
}

function paidBy(order: Order): "bought" | "paid" {
  return BUYING.includes(order.billing_reason) ? "bought" : "paid";
}

/** The total has its tax; what was refunded stands without, and the tax beside it. */
function isFullyRefunded(order: Order): boolean {
  const refunded = order.refunded_amount + order.refunded_tax_amount;
  return order.status === "refunded" || (order.total_amount > 0 && refunded >= order.total_amount);
}

function namesOf({ id, checkout_id, subscription_id }: Order) {
  return {
    orderId: id,
    checkoutId: checkout_id ?? undefined,
    subscriptionId: subscription_id ?? undefined,
  };
}

function namesOfSubscription(data: unknown) {
  const { id, checkout_id } = Subscription.parse(data);
  return { subscriptionId: id, checkoutId: checkout_id ?? undefined };
}
