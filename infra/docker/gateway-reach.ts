// Whether assistants on this host can reach a model gateway at their providers' names: the host rules lead them there.
import { findReason } from "./host-rules/engine-place.ts";
import { lookAtHostRules } from "./host-rules/host-rules.ts";

const BY_URL = "Let assistants reach the model gateway by a URL instead: set BERTH_GATEWAY_URL.";

/**
 * "names", or why not, and what to do.
 * @param gatewayPort of this host, where the gateway listens
 * @param setsRules whether this process sets the host rules where it can
 */
export async function gatewayReach(
  gatewayPort: number,
  setsRules: boolean,
): Promise<"names" | { readonly whyNot: string }> {
  const elsewhere = await findReason();
  if (elsewhere) return { whyNot: `${elsewhere} ${BY_URL}` };
  try {
    const rules = await lookAtHostRules(gatewayPort);
    if (rules.state === "in place" || (rules.state === "missing" && setsRules)) return "names";
    return { whyNot: `The host rules do not lead them there. ${rules.advice} Or ${lowerFirst(BY_URL)}` };
  } catch (error) {
    return { whyNot: `${(error as Error).message} ${BY_URL}` };
  }
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}
