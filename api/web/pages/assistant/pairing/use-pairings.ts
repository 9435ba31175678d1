import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import type { Deployment } from "../../../api/deployments.ts";
import { pairingsQuery } from "../../../api/details.ts";
import { onEvent } from "../../../api/live.ts";

/** Who waits to be let in, read again when somebody has come or gone. */
export function usePairings({ deploymentId: id, calls }: Deployment) {
  const queryClient = useQueryClient();
  useEffect(
    () =>
      onEvent("pairing", ({ data }) => {
        const event = JSON.parse(data) as { readonly deploymentId?: string };
        if (event.deploymentId === id)
          void queryClient.invalidateQueries({ queryKey: pairingsQuery(id).queryKey });
      }),
    [id, queryClient],
  );
  // Whoever comes back from Telegram has usually just written to the bot.
  return useQuery({
    ...pairingsQuery(id),
    enabled: calls.pairing.isAllowed,
    refetchOnWindowFocus: "always",
  });
}
