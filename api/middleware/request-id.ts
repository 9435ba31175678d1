// A request's id: the caller's own X-Request-Id if it is a plain one, else a new one. Sent back on every answer.
import type { IncomingMessage, ServerResponse } from "node:http";

const PLAIN = /^[A-Za-z0-9._-]{1,128}$/;

export function requestId(request: IncomingMessage, response: ServerResponse): string {
  const given = request.headers["x-request-id"];
  const id = typeof given === "string" && PLAIN.test(given) ? given : crypto.randomUUID();
  response.setHeader("X-Request-Id", id);
  return id;
}
