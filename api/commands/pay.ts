import type { Config } from "../config.ts";
import { callServer } from "./running-server.ts";

/** `pay <id>`: pays for a slot on its simulated checkout page. */
export async function pay(config: Config, [deploymentId]: readonly string[]): Promise<void> {
  if (!deploymentId) throw new Error("Which slot? npm run -s berth -- pay <deploymentId>");
  const path = `/api/v1/assistants/${encodeURIComponent(deploymentId)}`;
  const { checkoutUrl } = await callServer<{ checkoutUrl: string | null }>(config, "GET", path);
  if (!checkoutUrl) return console.log("This slot is paid already.");
  const paid = await fetch(checkoutUrl, { method: "POST" });
  if (!paid.ok) throw new Error(`The checkout answered ${paid.status}; the slot is still unpaid.`);
  console.log("Paid. The slot can be activated.");
}
