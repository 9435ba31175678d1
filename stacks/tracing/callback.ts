// A callback in the trace of the operation that it reports: each attempt to deliver it is a span.
import { trace } from "@opentelemetry/api";
import { describeSpan, inSpan, markFailed, type TraceContext } from "./spans.ts";

interface Sent {
  readonly id: string;
  readonly type: string;
  readonly attempt: number;
  /** As it was recorded. */
  readonly trace: TraceContext | null;
}

/** Makes one attempt to deliver a callback. */
export async function tracedCallback<T>(callback: Sent, send: () => Promise<T>): Promise<T> {
  const { id, type, attempt, trace: from } = callback;
  const attributes = {
    "berth.callback.id": id,
    "berth.callback.type": type,
    "berth.callback.attempt": attempt,
  };
  return inSpan("callback", { kind: "CLIENT", attributes, from }, send);
}

/** Says of the active span what the receiver has answered. @param status undefined if there was no valid answer */
export function describeAnswer(status: number | undefined): void {
  if (status !== undefined) describeSpan({ "http.response.status_code": status });
  if (status === undefined || status >= 300) markFailed(trace.getActiveSpan(), String(status ?? "NO_ANSWER"));
}
