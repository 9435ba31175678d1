import type { Config } from "../config/config.ts";
import { callServer, serverUrl } from "./running-server.ts";

/** `pay <id>`: pays for a slot on its simulated checkout page. */
export async function pay(config: Config, deploymentId: string): Promise<void> {
  if (config.payments.kind !== "simulated") {
    throw new Error(
      "This installation takes payments by Polar: only its checkout can pay for a slot. GET /:id shows it as checkoutUrl.",
    );
  }
  const path = `/api/v1/assistants/${encodeURIComponent(deploymentId)}`;
  const { checkoutUrl } = await callServer<{ checkoutUrl: string | null }>(config, "GET", path);
  if (!checkoutUrl) return console.log("This slot is paid already.");
  const checkout = new URL(new URL(checkoutUrl).pathname, serverUrl(config));
  const paid = await fetch(checkout, { method: "POST" });
  if (!paid.ok) throw new Error(`The checkout answered ${paid.status}; the slot is still unpaid.`);
  console.log("Paid. The slot can be activated.");
}
