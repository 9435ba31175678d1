// What the fakes read of a request, and how they answer.
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from "node:http";

/** Headers that carry a key at one of the providers. */
const KEY_HEADERS = ["x-api-key", "authorization", "x-goog-api-key", "api-key"] as const;

/** A request with its whole body. */
export interface Asked {
  readonly method: string;
  /** Without the port. */
  readonly host: string;
  readonly url: URL;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

export async function readAsked(request: IncomingMessage): Promise<Asked> {
  const { method = "GET", headers, url = "/" } = request;
  return {
    method,
    host: (headers.host ?? "").replace(/:\d+$/, "").toLowerCase(),
    url: new URL(url, "http://fake"),
    headers,
    body: Buffer.concat(await request.toArray()),
  };
}

/** The headers that carry a key, whatever they hold. */
export function keysIn(headers: IncomingHttpHeaders): Record<string, string> {
  return Object.fromEntries(
    KEY_HEADERS.flatMap((name) => (headers[name] ? [[name, `${headers[name]}`]] : [])),
  );
}

/**
 * The fields of a body of JSON, of a form or of multipart, over those of the query. Files are told by name and size.
 * @throws SyntaxError when it is not what its content-type says
 */
export async function fieldsOf({ url, headers, body }: Asked): Promise<Record<string, unknown>> {
  const query = Object.fromEntries(url.searchParams);
  const type = headers["content-type"] ?? "";
  if (body.length === 0) return query;
  if (type.includes("json")) return { ...query, ...(JSON.parse(body.toString("utf8")) as object) };
  const form = await new Response(new Uint8Array(body), { headers: { "content-type": type } }).formData();
  const fields = [...form].map(([name, value]) => [
    name,
    typeof value === "string" ? value : { fileName: value.name, bytes: value.size, type: value.type },
  ]);
  return { ...query, ...Object.fromEntries(fields) };
}

export function answerJson(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): void {
  // Whoever asked may have gone.
  if (response.destroyed) return;
  response.writeHead(status, { "content-type": "application/json", ...headers });
  response.end(JSON.stringify(body));
}
