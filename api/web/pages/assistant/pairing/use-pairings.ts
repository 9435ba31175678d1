import { useQuery } from "@tanstack/react-query";
import type { Deployment } from "../../../api/deployments.ts";
import { pairingsQuery } from "../../../api/details.ts";
import { useReadAgain } from "../../../api/use-events.ts";

/** Who waits to be let in. Berth looks at the assistant every ten seconds, and announces a change. */
export function usePairings({ deploymentId: id, calls }: Deployment) {
  useReadAgain({ names: ["pairing"], id }, pairingsQuery(id).queryKey);
  return useQuery({
    ...pairingsQuery(id),
    enabled: calls.pairing.isAllowed,
    // Who comes back from Telegram has usually just written to the bot.
    refetchOnWindowFocus: "always",
  });
}
