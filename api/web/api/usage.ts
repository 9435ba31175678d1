// What an assistant uses. There is no event of it: it is measured while somebody looks on, and kept for an hour.
import { queryOptions } from "@tanstack/react-query";
import { answerOf, client, type Shapes } from "./client.ts";
import { deploymentKeys } from "./deployments.ts";

export type Usage = Shapes["Usage"];

export interface Sample extends Usage {
  /** Milliseconds since 1970. */
  readonly at: number;
  /** Bytes a second since the sample before; null where that is not known. */
  readonly receivedPerSecond: number | null;
  readonly sentPerSecond: number | null;
}

const EVERY_MS = 15_000;
const KEPT_MS = 3_600_000;

/** The samples of the last hour since the page was opened, the newest last. */
export function usageQuery(id: string) {
  const queryKey = [...deploymentKeys.one(id), "usage"] as const;
  return queryOptions({
    queryKey,
    queryFn: async ({ client: queryClient }): Promise<readonly Sample[]> => {
      const usage = (
        await answerOf(client.GET("/api/v1/assistants/{id}/metrics", { params: { path: { id } } }))
      ).data;
      return withSample(queryClient.getQueryData<readonly Sample[]>(queryKey) ?? [], usage, Date.now());
    },
    // The browser hides a page that nobody looks at: then nothing is measured.
    refetchInterval: EVERY_MS,
    gcTime: KEPT_MS,
    retry: false,
  });
}

/** @param now in milliseconds since 1970 */
export function withSample(samples: readonly Sample[], usage: Usage, now: number): readonly Sample[] {
  const last = samples.at(-1);
  const sample: Sample = {
    ...usage,
    at: now,
    receivedPerSecond: rate(last?.receivedBytes, usage.receivedBytes, last?.at, now),
    sentPerSecond: rate(last?.sentBytes, usage.sentBytes, last?.at, now),
  };
  return [...samples.filter(({ at }) => at > now - KEPT_MS), sample];
}

/** A container that has started again counts from zero. */
function rate(
  before: number | null | undefined,
  after: number | null,
  from: number | undefined,
  until: number,
): number | null {
  if (before === null || before === undefined || after === null || from === undefined) return null;
  if (after < before || until <= from) return null;
  return ((after - before) * 1_000) / (until - from);
}
