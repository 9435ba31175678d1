import type { CallbackNetwork } from "../../stacks/callbacks/network.ts";
import { refuseCallbackUrl } from "../../stacks/callbacks/url.ts";
import { invalidRequest } from "../middleware/problem.ts";

/** @throws BerthError INVALID_REQUEST when Berth would not deliver to this URL. */
export async function checkCallbackUrl(
  network: CallbackNetwork,
  url: string | null | undefined,
): Promise<void> {
  if (url === null || url === undefined) return;
  const refusal = await refuseCallbackUrl(network, url);
  if (refusal) throw invalidRequest([{ field: "callbackUrl", message: refusal }]);
}
