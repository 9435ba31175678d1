import { type QueryKey, useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { onEvent } from "../../api/live.ts";

/** Many change at once where many do: they are read again together. */
const SOON_MS = 1_000;
const EVENTS = ["deployment", "operation", "removed"] as const;

/**
 * Reads what is under that key again when a deployment or an operation has changed.
 * @param id of the only deployment that counts; any does if it is left out
 */
export function useLive(queryKey: QueryKey, id?: string): void {
  const queryClient = useQueryClient();
  const key = JSON.stringify(queryKey);
  useEffect(() => {
    let soon: ReturnType<typeof setTimeout> | undefined;
    const onChange = (data: string) => {
      if (id !== undefined && (JSON.parse(data) as { deploymentId?: string }).deploymentId !== id) return;
      soon ??= setTimeout(() => {
        soon = undefined;
        void queryClient.invalidateQueries({ queryKey: JSON.parse(key) as QueryKey });
      }, SOON_MS);
    };
    const ends = EVENTS.map((name) => onEvent(name, onChange));
    return () => {
      clearTimeout(soon);
      for (const end of ends) end();
    };
  }, [queryClient, key, id]);
}
