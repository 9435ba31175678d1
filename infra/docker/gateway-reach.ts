// Whether assistants on this host can reach a model gateway at their providers' names: the host rules lead them there.
import { findReason } from "./host-rules/engine-place.ts";
import { hostRulesFinding } from "./host-rules/host-rules.ts";
import { GATEWAY_PORT } from "./host-rules/rules.ts";

const BY_URL = "Let assistants reach the model gateway by a URL instead: set BERTH_GATEWAY_URL.";

/**
 * "names", or why not, and what to do. To be asked once the host rules are set, where they are set at all.
 * @param gatewayPort of this host, where the gateway listens
 */
export async function gatewayReach(
  gatewayPort = GATEWAY_PORT,
): Promise<"names" | { readonly whyNot: string }> {
  const elsewhere = await findReason();
  if (elsewhere) return { whyNot: `${elsewhere} ${BY_URL}` };
  const finding = await hostRulesFinding(gatewayPort);
  return finding === undefined ? "names" : { whyNot: `${finding} ${BY_URL}` };
}
