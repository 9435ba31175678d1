// Events of the stream, for a component that is shown.
import { type QueryKey, useQueryClient } from "@tanstack/react-query";
import { useEffect, useEffectEvent } from "react";
import { type LiveEventName, onEvent } from "./live.ts";
import { readAgainSoon } from "./read-again.ts";

/** What is listened to. @param id of the only deployment that counts; any does if it is left out */
interface Wanted {
  readonly names: readonly LiveEventName[];
  readonly id?: string;
}

/** Of a deployment and what is done to it. */
export const ANY_CHANGE = ["deployment", "operation", "removed"] as const;

/** Calls `listener` for each of these events. */
export function useEvents({ names, id }: Wanted, listener: () => void): void {
  const heard = useEffectEvent(listener);
  const all = names.join(" ");
  useEffect(() => {
    const ends = all.split(" ").map((name) =>
      onEvent(name as LiveEventName, (data) => {
        if (id === undefined || isAbout(data, id)) heard();
      }),
    );
    return () => {
      for (const end of ends) end();
    };
  }, [all, id]);
}

/** Reads again what is under these keys, soon after each of these events. */
export function useReadAgain(wanted: Wanted, ...keys: readonly QueryKey[]): void {
  const client = useQueryClient();
  useEvents(wanted, () => {
    for (const key of keys) readAgainSoon(client, key);
  });
}

/** Whether an event is about that deployment. @param data JSON */
export function isAbout(data: string, id: string): boolean {
  return (JSON.parse(data) as { readonly deploymentId?: string }).deploymentId === id;
}
