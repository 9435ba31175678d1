// How a slot gets paid. `simulated` moves no money: the checkout page itself says so.
import { BerthError } from "./errors.ts";

export const PAYMENTS = ["simulated", "polar"] as const;
export type PaymentKind = (typeof PAYMENTS)[number];

/**
 * Address of the page that pays for a slot.
 * @throws BerthError PAYMENT_NOT_CONFIGURED when the chosen provider is not set up.
 */
export function checkoutUrl(payments: PaymentKind, publicUrl: string, checkoutId: string): string {
  if (payments === "simulated") return `${publicUrl}/checkout/${checkoutId}`;
  throw new BerthError(
    "PAYMENT_NOT_CONFIGURED",
    "This installation has no working payment provider. No slot was created; ask its operator to finish the set-up.",
  );
}
