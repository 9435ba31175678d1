// Deployments: what the page reads of them and does to them.
import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { answerOf, client, type Shapes } from "./client.ts";

export type Deployment = Shapes["Deployment"];
export type DeploymentStatus = Shapes["DeploymentStatus"];

const PAGE_SIZE = 50;

export interface Filter {
  readonly search?: string;
  readonly status?: Deployment["status"];
}

export const deploymentKeys = {
  all: ["deployments"],
  list: (filter: Filter) => ["deployments", "list", filter],
  one: (id: string) => ["deployments", "one", id],
  status: (id: string) => ["deployments", "one", id, "status"],
} as const;

export function listQuery(filter: Filter) {
  return infiniteQueryOptions({
    queryKey: deploymentKeys.list(filter),
    queryFn: ({ pageParam }) =>
      answerOf(
        client.GET("/api/v1/assistants", {
          params: { query: { limit: PAGE_SIZE, ...(pageParam && { cursor: pageParam }) } },
        }),
      ),
    initialPageParam: null as string | null,
    getNextPageParam: ({ nextCursor }) => nextCursor,
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

export async function buy(body: {
  readonly apiMode: Deployment["apiMode"];
  readonly region?: string;
}): Promise<Shapes["Slot"]> {
  return (await answerOf(client.POST("/api/v1/assistants/purchase", { body }))).data;
}

export async function stop(id: string): Promise<Shapes["Accepted"]> {
  return (await answerOf(client.POST("/api/v1/assistants/{id}/stop", { params: { path: { id } } }))).data;
}

export async function redeploy(id: string): Promise<Shapes["Accepted"]> {
  return (await answerOf(client.POST("/api/v1/assistants/{id}/redeploy", { params: { path: { id } } }))).data;
}
