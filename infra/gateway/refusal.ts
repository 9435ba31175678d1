// Refusals in the form in which each provider reports its own errors. OpenClaw shows the sentence of a 429 alone, and of no
// other: see limit-refusal.ts.
import type { ServerResponse } from "node:http";
import type { ModelProvider } from "../assistant/openclaw.ts";

export interface RefusalText {
  readonly status: number;
  readonly message: string;
  readonly retryAfterSeconds?: number | undefined;
}

/** The provider's own word for a status. */
const TYPES: Readonly<
  Record<number, { readonly anthropic: string; readonly openai: string; readonly google: string }>
> = {
  400: { anthropic: "invalid_request_error", openai: "invalid_request_error", google: "INVALID_ARGUMENT" },
  401: { anthropic: "authentication_error", openai: "invalid_api_key", google: "UNAUTHENTICATED" },
  403: { anthropic: "permission_error", openai: "permission_denied", google: "PERMISSION_DENIED" },
  404: { anthropic: "not_found_error", openai: "not_found", google: "NOT_FOUND" },
  413: { anthropic: "request_too_large", openai: "request_too_large", google: "INVALID_ARGUMENT" },
  429: { anthropic: "rate_limit_error", openai: "rate_limit_exceeded", google: "RESOURCE_EXHAUSTED" },
  503: { anthropic: "overloaded_error", openai: "server_is_overloaded", google: "UNAVAILABLE" },
};
const OTHER = { anthropic: "api_error", openai: "server_error", google: "INTERNAL" } as const;

/** @param provider null for a request that is for none */
function refusalBody(provider: ModelProvider | null, { status, message }: RefusalText): unknown {
  const words = TYPES[status] ?? (status < 500 ? TYPES[400] : undefined) ?? OTHER;
  if (provider === "anthropic") return { type: "error", error: { type: words.anthropic, message } };
  if (provider === "google") return { error: { code: status, message, status: words.google } };
  if (provider === "openrouter") return { error: { code: status, message } };
  return { error: { message, type: words.openai, param: null, code: words.openai } };
}

/** How long a client may send on after its answer, before its connection is closed. */
const LINGER_MS = 1_000;

/** Answers with it, if anything can be answered yet; otherwise breaks the answer off. */
export function refuse(response: ServerResponse, provider: ModelProvider | null, refusal: RefusalText): void {
  if (response.headersSent || response.destroyed) {
    response.destroy();
    return;
  }
  const text = JSON.stringify(refusalBody(provider, refusal));
  const { req: request, socket } = response;
  response.statusCode = refusal.status;
  response.setHeader("content-type", "application/json");
  response.setHeader("content-length", Buffer.byteLength(text));
  if (refusal.retryAfterSeconds !== undefined)
    response.setHeader("retry-after", Math.ceil(refusal.retryAfterSeconds));
  if (!request.complete) response.setHeader("connection", "close");
  response.end(text);
  if (request.complete) return;
  // Closed at once, the client would see a reset instead of the answer.
  request.resume();
  setTimeout(() => socket?.destroy(), LINGER_MS).unref();
}
