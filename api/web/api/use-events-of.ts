import { useEffect, useEffectEvent } from "react";
import { onEvent } from "./live.ts";

/** Calls `listener` for each of the stream's events of that name about one deployment. */
export function useEventsOf(
  deploymentId: string,
  name: "deployment" | "operation",
  listener: () => void,
): void {
  const heard = useEffectEvent(listener);
  useEffect(
    () =>
      onEvent(name, (data) => {
        const event = JSON.parse(data) as { readonly deploymentId?: string };
        if (event.deploymentId === deploymentId) heard();
      }),
    [deploymentId, name],
  );
}
