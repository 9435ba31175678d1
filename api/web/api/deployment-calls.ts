// What the page does to deployments.
import { answerOf, client, type Shapes } from "./client.ts";
import type { Deployment } from "./deployments.ts";
import type { PatchBody } from "./shapes.ts";
import type { paths } from "./types.ts";

type Accepted = Shapes["Accepted"];
export type ActivateBody = NonNullable<
  paths["/api/v1/assistants/{id}/activate"]["post"]["requestBody"]
>["content"]["application/json"];
type RedeployBody = NonNullable<
  NonNullable<paths["/api/v1/assistants/{id}/redeploy"]["post"]["requestBody"]>["content"]["application/json"]
>;

export async function buy(body: {
  readonly apiMode: Deployment["apiMode"];
  readonly region?: string;
}): Promise<Shapes["Slot"]> {
  return (await answerOf(client.POST("/api/v1/assistants/purchase", { body }))).data;
}

export async function stop(id: string): Promise<Accepted> {
  return (await answerOf(client.POST("/api/v1/assistants/{id}/stop", path(id)))).data;
}

/** Ends what brings it up, and stops it. */
export async function cancel(id: string, operationId: string): Promise<Accepted> {
  const call = client.POST("/api/v1/assistants/{id}/operations/{operationId}/cancel", {
    params: { path: { id, operationId } },
  });
  return (await answerOf(call)).data;
}

/** Applies settings and image; brings back what is stopped or has failed. */
export async function redeploy(id: string, body: RedeployBody = {}): Promise<Accepted> {
  return (await answerOf(client.POST("/api/v1/assistants/{id}/redeploy", { ...path(id), body }))).data;
}

export async function activate(id: string, body: ActivateBody): Promise<Accepted> {
  return (await answerOf(client.POST("/api/v1/assistants/{id}/activate", { ...path(id), body }))).data;
}

export async function patch(id: string, body: PatchBody): Promise<Deployment> {
  return (await answerOf(client.PATCH("/api/v1/assistants/{id}", { ...path(id), body }))).data;
}

export async function remove(id: string): Promise<Accepted> {
  return (await answerOf(client.DELETE("/api/v1/assistants/{id}", path(id)))).data;
}

/** A page to pay again on for what was suspended. */
export async function payAgain(id: string): Promise<Shapes["Slot"]> {
  return (await answerOf(client.POST("/api/v1/assistants/{id}/checkout", path(id)))).data;
}

function path(id: string) {
  return { params: { path: { id } } };
}
