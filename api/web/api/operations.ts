// Operations and their logs. The log of the latest one comes as it is written.
import { queryOptions, useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { answerOf, BASE, client, type Shapes } from "./client.ts";
import { deploymentKeys, type Operation } from "./deployments.ts";
import type { LogEntry, OperationEvent } from "./shapes.ts";
import { useReadAgain } from "./use-events.ts";

/** Entries of a page of a log. */
const PAGE = 1_000;

export function operationsQuery(id: string) {
  return queryOptions({
    queryKey: [...deploymentKeys.one(id), "operations"],
    queryFn: async () =>
      (await answerOf(client.GET("/api/v1/assistants/{id}/operations", { params: { path: { id } } }))).data,
  });
}

/** Of one that has ended: it does not change. */
export function operationLogQuery(id: string, operationId: string) {
  return queryOptions({
    queryKey: ["operation-log", id, operationId],
    queryFn: () => readLog(id, operationId),
    staleTime: Number.POSITIVE_INFINITY,
  });
}

async function readLog(id: string, operationId: string): Promise<LogEntry[]> {
  const entries: LogEntry[] = [];
  for (let cursor: number | null = 0; cursor !== null; ) {
    const page: { data: Shapes["LogEntry"][]; nextCursor: number | null } = await answerOf(
      client.GET("/api/v1/assistants/{id}/operations/{operationId}/log", {
        params: { path: { id, operationId }, query: { limit: PAGE, cursor } },
      }),
    );
    entries.push(...page.data);
    cursor = page.nextCursor;
  }
  return entries;
}

/**
 * The log of the operation that runs, as it comes. When the operation ends, all that is kept of its deployment is read
 * again. The browser opens a lost stream again, from its last entry on.
 */
export function useRunningLog(id: string, operationId: string): readonly LogEntry[] {
  const queryClient = useQueryClient();
  const [entries, setEntries] = useState<readonly LogEntry[]>([]);
  useEffect(() => {
    setEntries([]);
    const source = new EventSource(`${BASE}/api/v1/assistants/${id}/events`);
    source.addEventListener("log", ({ data }) => {
      const { at, ...event } = JSON.parse(data) as OperationEvent & { at: string };
      setEntries((before) => [...before, { at, event: event as OperationEvent }]);
    });
    source.addEventListener("end", ({ data }) => {
      source.close();
      const ended = JSON.parse(data) as Partial<Operation>;
      // Another reason is the key's end, which every other call says, too.
      if (ended.id) void queryClient.invalidateQueries({ queryKey: deploymentKeys.all });
    });
    return () => source.close();
  }, [id, operationId, queryClient]);
  return entries;
}

/** Reads again what an operation may have changed, and no event of the deployment has, whenever one begins or ends. */
export function useOperationEvents(id: string): void {
  const parts = ["operations", "image", "bot", "pairing", "backups"];
  useReadAgain({ names: ["operation"], id }, ...parts.map((part) => [...deploymentKeys.one(id), part]));
}
