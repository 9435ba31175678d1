// Deployments: what the page reads of them.
import { infiniteQueryOptions, keepPreviousData, queryOptions } from "@tanstack/react-query";
import { answerOf, client, type Shapes } from "./client.ts";
import { byPages } from "./pages.ts";

export type Deployment = Shapes["Deployment"];
export type ListedDeployment = Shapes["ListedDeployment"];
export type DeploymentStatus = Shapes["DeploymentStatus"];
export type Operation = Shapes["Operation"];
export type KeptStatus = Exclude<Deployment["status"], "deleted">;

const PAGE_SIZE = 50;

export interface Filter {
  readonly search: string;
  /** All, if it is empty. */
  readonly status: readonly KeptStatus[];
}

export const deploymentKeys = {
  all: ["deployments"],
  lists: ["deployments", "list"],
  list: (filter: Filter) => ["deployments", "list", filter],
  allTotals: ["deployments", "totals"],
  totals: (search: string) => ["deployments", "totals", search],
  one: (id: string) => ["deployments", "one", id],
  status: (id: string) => ["deployments", "one", id, "status"],
} as const;

export function listQuery({ search, status }: Filter) {
  return infiniteQueryOptions({
    queryKey: deploymentKeys.list({ search, status }),
    queryFn: ({ pageParam }) =>
      answerOf(
        client.GET("/api/v1/assistants", {
          params: {
            query: {
              limit: PAGE_SIZE,
              ...(pageParam && { cursor: pageParam }),
              ...(search && { search }),
              ...(status.length > 0 && { status: [...status] }),
            },
          },
        }),
      ),
    ...byPages,
    placeholderData: keepPreviousData,
  });
}

/** How many there are in each state. */
export function totalsQuery(search: string) {
  return queryOptions({
    queryKey: deploymentKeys.totals(search),
    queryFn: async () => {
      const query = search ? { search } : {};
      return (await answerOf(client.GET("/api/v1/assistants/totals", { params: { query } }))).data;
    },
    placeholderData: keepPreviousData,
  });
}

export function deploymentQuery(id: string) {
  return queryOptions({
    queryKey: deploymentKeys.one(id),
    queryFn: async () =>
      (await answerOf(client.GET("/api/v1/assistants/{id}", { params: { path: { id } } }))).data,
  });
}

export function statusQuery(id: string) {
  return queryOptions({
    queryKey: deploymentKeys.status(id),
    queryFn: async () =>
      (await answerOf(client.GET("/api/v1/assistants/{id}/status", { params: { path: { id } } }))).data,
  });
}
