// What is sold, and details of one deployment that its record does not have.
import { queryOptions } from "@tanstack/react-query";
import { answerOf, client, type Shapes } from "./client.ts";
import { deploymentKeys } from "./deployments.ts";
import type { ModelProvider } from "./shapes.ts";

export type Offer = Shapes["Offer"];
export type Pairing = Shapes["Pairing"];
export type OfferedModel = Shapes["OfferedModel"];

export const offerQuery = queryOptions({
  queryKey: ["offer"],
  queryFn: async () => (await answerOf(client.GET("/api/v1/offer"))).data,
  staleTime: Number.POSITIVE_INFINITY,
});

/** Below the deployment: what makes that old makes this old. */
export function botQuery(id: string) {
  return queryOptions({
    queryKey: [...deploymentKeys.one(id), "bot"],
    queryFn: async () =>
      (await answerOf(client.GET("/api/v1/assistants/{id}/bot", { params: { path: { id } } }))).data,
  });
}

export function imageQuery(id: string) {
  return queryOptions({
    queryKey: [...deploymentKeys.one(id), "image"],
    queryFn: async () =>
      (await answerOf(client.GET("/api/v1/assistants/{id}/image", { params: { path: { id } } }))).data,
  });
}

export function pairingsQuery(id: string) {
  return queryOptions({
    queryKey: [...deploymentKeys.one(id), "pairing"],
    queryFn: async () =>
      (await answerOf(client.GET("/api/v1/assistants/{id}/pairing", { params: { path: { id } } }))).data,
  });
}

export async function approvePairing(id: string, code: string): Promise<Shapes["ApprovedPairing"]> {
  const call = client.POST("/api/v1/assistants/{id}/pairing/approve", {
    params: { path: { id } },
    body: { code },
  });
  return (await answerOf(call)).data;
}

/** @param deployment of mode byok: what its own key can use; otherwise what the operator's can */
export function modelsQuery(provider: ModelProvider, deployment?: string) {
  return queryOptions({
    queryKey: ["models", provider, deployment ?? null],
    queryFn: async () =>
      (
        await answerOf(
          client.GET("/api/v1/models", {
            params: { query: { provider, ...(deployment && { deployment }) } },
          }),
        )
      ).data,
    staleTime: 10 * 60_000,
    retry: false,
  });
}
