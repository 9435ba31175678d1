// What an assistant has used of its models, and how much it may.
import { queryOptions } from "@tanstack/react-query";
import { answerOf, client, type Shapes } from "./client.ts";
import { patch } from "./deployment-calls.ts";
import { type Deployment, deploymentKeys } from "./deployments.ts";

export type ModelUsage = Shapes["ModelUsage"];
export type UsageRow = Shapes["UsageRow"];
type ModelLimits = Shapes["ModelLimits"];

export interface UsageAsked {
  /** First and last day (UTC), e.g. 2026-01-31. */
  readonly from: string;
  readonly to: string;
  readonly by: "day" | "model";
}

export const usageKey = (id: string) => [...deploymentKeys.one(id), "model usage"] as const;

export function modelUsageQuery(id: string, query: UsageAsked) {
  return queryOptions({
    queryKey: [...usageKey(id), query],
    queryFn: async () =>
      (await answerOf(client.GET("/api/v1/assistants/{id}/usage", { params: { path: { id }, query } }))).data,
  });
}

/** @param limits null removes the customer's own */
export async function setLimits(id: string, limits: ModelLimits | null): Promise<Deployment> {
  return patch(id, { limits });
}
