// Which headers go through the gateway, both ways. None that is about a connection, a key, or the way that a request came.
import type { IncomingMessage } from "node:http";
import type { ModelProvider } from "../assistant/openclaw.ts";
import { type KeyHeader, PROVIDERS } from "./providers.ts";

const HOP_BY_HOP = [
  "connection",
  "keep-alive",
  "proxy-authenticate",
  "proxy-authorization",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
] as const;
const NOT_SENT: ReadonlySet<string> = new Set([
  ...HOP_BY_HOP,
  // The key's, whichever provider reads it.
  ...["authorization", "x-api-key", "x-goog-api-key", "api-key", "cookie", "x-goog-user-project"],
  // Whose account pays is the key's matter.
  ...["openai-organization", "openai-project", "anthropic-workspace-id"],
  // What undici writes itself, and what the gateway asks for.
  ...["host", "content-length", "expect", "accept-encoding"],
  // Another method than the one that was checked.
  ...["x-http-method", "x-http-method-override", "x-method-override"],
  // Names of the assistant, its machine, or the operator's proxy.
  ...["forwarded", "via", "x-real-ip", "x-client-ip", "true-client-ip", "cf-connecting-ip", "from", "origin"],
  ...["traceparent", "tracestate", "baggage", "x-request-id"],
]);
const NOT_SENT_BEGINNING = /^(?:x-forwarded-|x-berth-|cf-|x-envoy-|x-amzn-)/;
/** May be there once: a second one might be read here and the first by the provider. */
const SINGLE: ReadonlySet<string> = new Set([
  ...["host", "content-type", "content-length", "content-encoding", "transfer-encoding"],
  ...["authorization", "x-api-key", "x-goog-api-key"],
]);
const NOT_ANSWERED: ReadonlySet<string> = new Set([
  ...HOP_BY_HOP,
  ...["set-cookie", "location", "alt-svc", "strict-transport-security"],
  // Whose key it is.
  ...["openai-organization", "openai-project", "anthropic-organization-id"],
]);

/** The token; undefined if there is none. */
export function tokenOf(request: IncomingMessage, header: KeyHeader): string | undefined {
  const value = request.headers[header]?.toString() ?? "";
  if (header !== "authorization") return value || undefined;
  return /^Bearer +([^\s]+)$/i.exec(value)?.[1];
}

/** The name of a header that is there twice and must not be. */
export function doubled({ rawHeaders }: IncomingMessage): string | undefined {
  const names = rawHeaders.filter((_, at) => at % 2 === 0).map((name) => name.toLowerCase());
  return names.find((name, at) => SINGLE.has(name) && names.indexOf(name) !== at);
}

/** Names and values by turns, as undici takes them, with the real key. */
export function headersUpstream(request: IncomingMessage, provider: ModelProvider, key: string): string[] {
  const { keyHeader } = PROVIDERS[provider];
  const connection = listed(request.headers.connection);
  const sent: string[] = [];
  for (let at = 0; at + 1 < request.rawHeaders.length; at += 2) {
    const [name = "", value = ""] = request.rawHeaders.slice(at, at + 2);
    const lower = name.toLowerCase();
    if (NOT_SENT.has(lower) || NOT_SENT_BEGINNING.test(lower) || connection.includes(lower)) continue;
    sent.push(name, value);
  }
  // Compressed, an answer would have to be decompressed for its usage.
  sent.push("accept-encoding", "identity", keyHeader, keyHeader === "authorization" ? `Bearer ${key}` : key);
  return sent;
}

type Headers = Readonly<Record<string, string | string[] | undefined>>;

/** The headers of an answer that go on to the assistant; one that has the key in it doesn't. */
export function headersDownstream(headers: Headers, key: string): Record<string, string | string[]> {
  const connection = listed(headers.connection);
  const entries = Object.entries(headers).flatMap(([name, value]) =>
    value === undefined || NOT_ANSWERED.has(name) || connection.includes(name) || `${value}`.includes(key)
      ? []
      : [[name, value] as const],
  );
  return Object.fromEntries(entries);
}

function listed(connection: string | string[] | undefined): string[] {
  return `${connection ?? ""}`.split(",").map((name) => name.trim().toLowerCase());
}
