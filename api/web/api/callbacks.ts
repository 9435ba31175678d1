// Callbacks of a deployment, and what they are signed with.
import { infiniteQueryOptions } from "@tanstack/react-query";
import { answerOf, client, type Shapes } from "./client.ts";
import { patch } from "./deployment-calls.ts";
import { type Deployment, deploymentKeys } from "./deployments.ts";
import { byPages } from "./pages.ts";

export type Callback = Shapes["Callback"];
export type CallbackSecret = Shapes["CallbackSecret"];

export function callbacksQuery(id: string) {
  return infiniteQueryOptions({
    queryKey: [...deploymentKeys.one(id), "callbacks"],
    queryFn: ({ pageParam }) =>
      answerOf(
        client.GET("/api/v1/assistants/{id}/callbacks", {
          params: { path: { id }, query: { limit: 20, ...(pageParam && { cursor: pageParam }) } },
        }),
      ),
    ...byPages,
  });
}

export async function replayCallback(id: string, callbackId: string): Promise<void> {
  await answerOf(
    client.POST("/api/v1/assistants/{id}/callbacks/{callbackId}/replay", {
      params: { path: { id, callbackId } },
    }),
  );
}

/** The secret itself: keep it nowhere. */
export async function readSecret(id: string): Promise<CallbackSecret> {
  return (await answerOf(client.GET("/api/v1/assistants/{id}/callback-secret", { params: { path: { id } } })))
    .data;
}

/** As readSecret. */
export async function rotateSecret(id: string): Promise<CallbackSecret> {
  const call = client.POST("/api/v1/assistants/{id}/callback-secret/rotate", { params: { path: { id } } });
  return (await answerOf(call)).data;
}

/** Sets the same URL once more: callbacks go out again after a receiver has answered 410. */
export async function enableCallbacks({ deploymentId: id, callbackUrl }: Deployment): Promise<Deployment> {
  return patch(id, { callbackUrl });
}
