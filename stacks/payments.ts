// How slots get paid. `simulated` moves no money: Berth serves the checkout itself, and its page says so. `polar` asks
// Polar for a checkout, and believes only what Polar has signed or answered.
import type { Sql } from "./database.ts";
import { createSlot, type Deployment, removeSlot } from "./deployments.ts";
import { BerthError } from "./errors.ts";
import { openPolar, type Polar, type PolarSettings } from "./payments/polar.ts";

export const PAYMENTS = ["simulated", "polar"] as const;

/** Without `polar`, Polar is chosen and not set up. */
export type PaymentSettings =
  | { readonly kind: "simulated" }
  | { readonly kind: "polar"; readonly polar: PolarSettings | undefined };

export type Payments =
  | { readonly kind: "simulated" }
  | { readonly kind: "polar"; readonly polar: Polar | undefined };

export async function openPayments(settings: PaymentSettings): Promise<Payments> {
  if (settings.kind === "simulated") return settings;
  return { kind: "polar", polar: settings.polar && (await openPolar(settings.polar)) };
}

/**
 * Creates an unpaid slot with its checkout.
 * @param publicUrl base of the addresses that Berth hands out
 * @throws BerthError PAYMENT_NOT_CONFIGURED or UNAVAILABLE; there is no slot then.
 */
export async function purchase(
  { sql, payments }: { readonly sql: Sql; readonly payments: Payments },
  apiMode: Deployment["api_mode"],
  publicUrl: string,
): Promise<Deployment> {
  if (payments.kind === "simulated") return createSlot(sql, apiMode);
  if (!payments.polar?.sells(apiMode)) {
    throw new BerthError(
      "PAYMENT_NOT_CONFIGURED",
      `This installation is not set up to sell slots of apiMode ${apiMode}. No slot was created; ask its operator to finish the set-up.`,
    );
  }
  const slot = await createSlot(sql, apiMode);
  try {
    const checkout = await payments.polar.createCheckout(slot, publicUrl);
    return await sql
      .updateTable("deployments")
      .set({
        checkout_id: checkout.id,
        checkout_url: checkout.url,
        checkout_expires_at: checkout.expiresAt,
        payment_asked_at: new Date(),
      })
      .where("id", "=", slot.id)
      .returningAll()
      .executeTakeFirstOrThrow();
  } catch (error) {
    await removeSlot(sql, slot.id);
    throw error;
  }
}

/** Where an unpaid slot is paid; null if it is paid, or its checkout has expired. */
export function checkoutUrl(payments: Payments, deployment: Deployment, publicUrl: string): string | null {
  if (deployment.status !== "pending_payment") return null;
  if (payments.kind === "simulated") return `${publicUrl}/checkout/${deployment.checkout_id}`;
  const expiresAt = deployment.checkout_expires_at;
  return expiresAt && expiresAt > new Date() ? deployment.checkout_url : null;
}
