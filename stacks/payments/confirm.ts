// Asks Polar about one slot while its customer waits: the webhook of a payment may come later than the customer.
import type { Logger } from "pino";
import { type Deployment, getDeployment } from "../deployments/deployments.ts";
import type { LifecycleContext } from "../operations/enqueue.ts";
import { hear } from "./notices.ts";
import type { Payments } from "./payments.ts";

const TIMEOUT_SECONDS = 1.5;

/**
 * Records what Polar says of an unpaid slot's checkout. Where Polar does not answer, nothing is recorded.
 * @returns the deployment as it is afterwards
 */
export async function confirmPayment(
  parts: LifecycleContext & { readonly payments: Payments; readonly log: Logger },
  deployment: Deployment,
): Promise<Deployment> {
  const { payments, log } = parts;
  const polar = payments.kind === "polar" ? payments.polar : undefined;
  if (!polar || deployment.status !== "pending_payment" || !deployment.checkout_url) return deployment;
  try {
    const { notices } = await polar.askCheckout(deployment.checkout_id, TIMEOUT_SECONDS);
    for (const notice of notices) await hear(parts, notice);
  } catch (error) {
    log.warn({ err: error, deployment: deployment.id }, "whether a slot is paid could not be asked");
  }
  return getDeployment(parts.sql, deployment.account_id, deployment.id);
}
