import { useQuery } from "@tanstack/react-query";
import type { Deployment } from "../../../api/deployments.ts";
import { pairingsQuery } from "../../../api/details.ts";

const EVERY_MS = 10_000;

/** Who waits to be let in. The assistant alone knows, and says nothing by itself: it is asked while somebody looks on. */
export function usePairings({ deploymentId: id, calls }: Deployment) {
  return useQuery({
    ...pairingsQuery(id),
    enabled: calls.pairing.isAllowed,
    refetchInterval: EVERY_MS,
    // Whoever comes back from Telegram has usually just written to the bot.
    refetchOnWindowFocus: "always",
  });
}
