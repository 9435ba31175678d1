// How slots get paid. `simulated` moves no money: Berth serves the checkout itself, and its page says so. `polar` asks
// Polar for a checkout, and believes only what Polar has signed or answered.
import type { Sql } from "../database/database.ts";
import {
  createSlot,
  type Deployment,
  getDeployment,
  removeSlot,
  type SlotWanted,
} from "../deployments/deployments.ts";
import { BerthError } from "../errors.ts";
import { allows, invalidState, whyNot } from "../lifecycle.ts";
import { openPolar, type Polar, type PolarSettings } from "./polar.ts";

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

/** What is needed to sell something. */
export interface Shop {
  readonly sql: Sql;
  readonly payments: Payments;
  /** Base of the addresses that Berth hands out, e.g. `http://127.0.0.1:8080`. */
  readonly publicUrl: string;
}

/**
 * Creates an unpaid slot with its checkout.
 * @throws BerthError PAYMENT_NOT_CONFIGURED, LIMIT_REACHED or UNAVAILABLE; there is no slot then.
 */
export async function purchase(shop: Shop, wanted: SlotWanted): Promise<Deployment> {
  const { sql, payments } = shop;
  if (payments.kind === "simulated") return createSlot(sql, wanted);
  const polar = sellerOf(payments, wanted.apiMode);
  const slot = await createSlot(sql, wanted);
  try {
    return await giveCheckout(shop, polar, slot);
  } catch (error) {
    await removeSlot(sql, slot.id);
    throw error;
  }
}

/**
 * A checkout that pays for a suspended deployment again. Until it is over there is one only: two could be paid.
 * @throws BerthError INVALID_STATE, PAYMENT_NOT_CONFIGURED or UNAVAILABLE; nothing is changed then.
 */
export async function payAgain(shop: Shop, deployment: Deployment): Promise<Deployment> {
  const { status, api_mode, checkout_id, checkout_url } = deployment;
  if (!allows("checkout", status)) throw invalidState("checkout", status);
  if (checkoutUrl(shop, deployment)) return deployment;
  const polar = sellerOf(shop.payments, api_mode);
  if (checkout_url && !(await polar.isOver(checkout_id))) {
    throw new BerthError(
      "UNAVAILABLE",
      "A payment by this deployment's last checkout may still be on its way. Try again in some minutes.",
    );
  }
  return giveCheckout(shop, polar, deployment);
}

/** The sentence by which payAgain() refuses now, unless it finds that a payment is on its way; undefined if it does not. */
export function whyNotPayAgain(
  shop: Pick<Shop, "payments" | "publicUrl">,
  deployment: Deployment,
): string | undefined {
  const refused = whyNot("checkout", deployment);
  if (refused !== undefined || checkoutUrl(shop, deployment)) return refused;
  return findSeller(shop.payments, deployment.api_mode) ? undefined : notSold(deployment.api_mode);
}

/** Where somebody can pay for the deployment; null if it is paid, or its checkout has expired. */
export function checkoutUrl(
  { payments, publicUrl }: Pick<Shop, "payments" | "publicUrl">,
  { status, checkout_id, checkout_url, checkout_expires_at }: Deployment,
): string | null {
  const isUnpaid = status === "pending_payment";
  if (payments.kind === "simulated")
    return isUnpaid && checkout_id ? checkoutPageUrl(publicUrl, checkout_id) : null;
  const isOpen = checkout_expires_at !== null && checkout_expires_at > new Date();
  return isOpen && (isUnpaid || status === "suspended") ? checkout_url : null;
}

/** Address of Berth's own page of a checkout. */
export function checkoutPageUrl(publicUrl: Shop["publicUrl"], checkoutId: string): string {
  return `${publicUrl}/checkout/${checkoutId}`;
}

/** Whether slots of this mode can be paid here. */
export function sells(payments: Payments, apiMode: Deployment["api_mode"]): boolean {
  return payments.kind === "simulated" || findSeller(payments, apiMode) !== undefined;
}

function sellerOf(payments: Payments, apiMode: Deployment["api_mode"]): Polar {
  const polar = findSeller(payments, apiMode);
  if (polar) return polar;
  throw new BerthError("PAYMENT_NOT_CONFIGURED", notSold(apiMode));
}

function findSeller(payments: Payments, apiMode: Deployment["api_mode"]): Polar | undefined {
  const polar = payments.kind === "polar" ? payments.polar : undefined;
  return polar?.sells(apiMode) ? polar : undefined;
}

function notSold(apiMode: Deployment["api_mode"]): string {
  return `This installation is not set up to sell apiMode ${apiMode}. Nothing was changed; ask its operator to finish the set-up.`;
}

async function giveCheckout(
  { sql, publicUrl }: Shop,
  polar: Polar,
  deployment: Deployment,
): Promise<Deployment> {
  const { id, url, expiresAt } = await polar.createCheckout(deployment, publicUrl);
  const given = await sql
    .updateTable("deployments")
    .set({
      checkout_id: id,
      checkout_url: url,
      checkout_expires_at: expiresAt,
      payment_asked_at: new Date(),
    })
    .where("id", "=", deployment.id)
    .where("status", "=", deployment.status)
    .where("checkout_id", "=", deployment.checkout_id)
    .returningAll()
    .executeTakeFirst();
  // Somebody else was first: theirs is the one that counts, and this one was shown to nobody.
  return given ?? getDeployment(sql, deployment.account_id, deployment.id);
}
