// What an assistant uses. There is no event of it: the last hour is read again every minute, and the present more often.
import { queryOptions } from "@tanstack/react-query";
import { answerOf, client } from "./client.ts";
import { berthNow } from "./clock.ts";
import { deploymentKeys } from "./deployments.ts";
import { KEPT_MS, type Sample, withSample } from "./samples.ts";

const EVERY_MS = 15_000;
const PAST_EVERY_MS = 60_000;

/** The samples of the last hour since the page was opened, the newest last. */
export function samplesQuery(id: string) {
  const queryKey = [...deploymentKeys.one(id), "samples"] as const;
  return queryOptions({
    queryKey,
    queryFn: async ({ client: queryClient }): Promise<readonly Sample[]> => {
      const usage = (
        await answerOf(client.GET("/api/v1/assistants/{id}/metrics", { params: { path: { id } } }))
      ).data;
      return withSample(queryClient.getQueryData<readonly Sample[]>(queryKey) ?? [], usage, berthNow());
    },
    // The browser hides a page that nobody looks at: then nothing is measured.
    refetchInterval: EVERY_MS,
    gcTime: KEPT_MS,
    retry: false,
  });
}

/** What Berth has measured in the last hour, oldest first. */
export function pastQuery(id: string) {
  return queryOptions({
    queryKey: [...deploymentKeys.one(id), "past"],
    queryFn: async () =>
      (await answerOf(client.GET("/api/v1/assistants/{id}/metrics/history", { params: { path: { id } } })))
        .data,
    refetchInterval: PAST_EVERY_MS,
    retry: false,
  });
}
