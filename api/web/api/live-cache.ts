// Events of the stream, put into what is kept of earlier answers.
import type { InfiniteData, QueryClient } from "@tanstack/react-query";
import { type Deployment, deploymentKeys, type ListedDeployment } from "./deployments.ts";

interface Page {
  readonly data: readonly ListedDeployment[];
  readonly nextCursor: string | null;
}

interface DeploymentEvent {
  readonly deploymentId: string;
  /** Null once it is deleted. */
  readonly deployment: ListedDeployment | null;
}

const TOTALS_AFTER_MS = 1_000;
let isToCount = false;

/** One deployment has changed. */
export function keepDeployment(queryClient: QueryClient, data: string): void {
  const { deploymentId, deployment } = JSON.parse(data) as DeploymentEvent;
  const isListed = replaceInLists(queryClient, deploymentId, deployment);
  // A new one has its place by the server's order.
  if (!isListed && deployment) void queryClient.invalidateQueries({ queryKey: deploymentKeys.lists });
  const known = queryClient.getQueryData<Deployment>(deploymentKeys.one(deploymentId));
  if (known && deployment) {
    const fields = Object.keys(known) as (keyof Deployment)[];
    const next = Object.fromEntries(fields.map((field) => [field, deployment[field]]));
    queryClient.setQueryData(deploymentKeys.one(deploymentId), next);
  }
  void queryClient.invalidateQueries({ queryKey: deploymentKeys.status(deploymentId) });
  if (!deployment)
    void queryClient.invalidateQueries({ queryKey: deploymentKeys.one(deploymentId), exact: true });
  countSoon(queryClient);
}

/** Many change at once where many do: they are counted once. */
function countSoon(queryClient: QueryClient): void {
  if (isToCount) return;
  isToCount = true;
  setTimeout(() => {
    isToCount = false;
    void queryClient.invalidateQueries({ queryKey: deploymentKeys.allTotals });
  }, TOTALS_AFTER_MS);
}

/** @returns whether a list has it; with none loaded, true */
function replaceInLists(queryClient: QueryClient, id: string, next: ListedDeployment | null): boolean {
  const lists = queryClient.getQueriesData<InfiniteData<Page>>({ queryKey: deploymentKeys.lists });
  let isListed = lists.length === 0;
  for (const [key, list] of lists) {
    if (!list?.pages.some((page) => page.data.some(({ deploymentId }) => deploymentId === id))) continue;
    isListed = true;
    const pages = list.pages.map((page) => ({
      ...page,
      data: page.data.flatMap((row) => (row.deploymentId !== id ? row : (next ?? []))),
    }));
    queryClient.setQueryData(key, { ...list, pages });
  }
  return isListed;
}
