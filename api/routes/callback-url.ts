import type { CallbackNetwork } from "../../stacks/callbacks/network.ts";
import { refuseCallbackUrl } from "../../stacks/callbacks/url.ts";
import { invalidRequest } from "../middleware/problem.ts";

/**
 * @throws BerthError INVALID_REQUEST when Berth would not deliver to this URL, whatever its name resolves to. Names are
 *   resolved at deliveries alone: an answer here would show customers what Berth's own name servers know.
 */
export function checkCallbackUrl(
  network: Pick<CallbackNetwork, "pinned">,
  url: string | null | undefined,
): void {
  if (url === null || url === undefined) return;
  const refusal = refuseCallbackUrl(network, url);
  if (refusal) throw invalidRequest([{ field: "callbackUrl", message: refusal }]);
}
