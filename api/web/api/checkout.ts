// The simulated checkout is a page of Berth's own; it is paid as its form does.
import { BASE, Refusal } from "./client.ts";

/**
 * Pays by the simulated checkout at that address. It is called where this page is served: the public address may be another.
 * @throws Refusal
 */
export async function paySimulated(checkoutUrl: string): Promise<void> {
  const id = checkoutUrl.split("/").at(-1) ?? "";
  // It answers with a way back to the checkout's page, which nobody goes.
  const answer = await fetch(`${BASE}/checkout/${encodeURIComponent(id)}`, {
    method: "POST",
    redirect: "manual",
  }).catch(() => undefined);
  if (answer?.type === "opaqueredirect") return;
  throw new Refusal(answer?.status ?? 0, {
    code: "NOT_PAID",
    message: "The simulated checkout did not answer. Nothing was paid; try again in a moment.",
  });
}
