// What an assistant writes, as a stream.
import { answerOf, client } from "./client.ts";

/** @throws Refusal */
export async function openLog(
  id: string,
  query: { readonly tail: number; readonly since?: string },
  signal: AbortSignal,
): Promise<ReadableStream<Uint8Array>> {
  const call = client.GET("/api/v1/assistants/{id}/logs", {
    params: { path: { id }, query: { ...query, follow: "true" } },
    headers: { Accept: "text/event-stream" },
    parseAs: "stream",
    cache: "no-store",
    signal,
  });
  const stream: ReadableStream<Uint8Array> | null = await answerOf(call);
  return stream ?? new Blob([]).stream();
}
