// A browser sends a session's cookie with every site's calls: what changes something must come from Berth's own page.
import type { Request, RequestHandler } from "express";
import { BerthError } from "../../stacks/errors.ts";
import { callerOf } from "./caller.ts";

interface Parts {
  readonly publicUrl: string;
}

/**
 * Of calls by a session, reads must not come from another origin, and changes must prove to come from Berth's own. Calls
 * with a key may come from anywhere.
 * @throws BerthError FORBIDDEN
 */
export function requireOwnOrigin(parts: Parts): RequestHandler {
  return (request, response, next) => {
    if (callerOf(response).session === undefined) return next();
    const isRead = request.method === "GET" || request.method === "HEAD";
    if (isRead) refuseForeign(request, parts);
    else if (originOf(request, parts) !== "own") throw foreign();
    next();
  };
}

/** For sign-in: a browser must be on Berth's own page, and what is no browser says nothing. @throws BerthError FORBIDDEN */
export function refuseForeign(request: Request, parts: Parts): void {
  if (originOf(request, parts) === "foreign") throw foreign();
}

/**
 * By Sec-Fetch-Site, which no page can set. Browsers leave it out on plain http, unless it is this host's own; then by
 * Origin, which comes with every change.
 */
function originOf(request: Request, { publicUrl }: Parts): "own" | "foreign" | "unknown" {
  const { origin, "sec-fetch-site": site } = request.headers;
  if (site === "same-origin") return "own";
  if (site !== undefined && site !== "none") return "foreign";
  if (origin === undefined || site !== undefined) return "unknown";
  return origin === new URL(publicUrl).origin || origin === requestOrigin(request) ? "own" : "foreign";
}

/** Where the request was sent, as its Host says, or a trusted proxy. */
function requestOrigin({ protocol, host }: Request): string | undefined {
  return URL.parse(`${protocol}://${host}`)?.origin;
}

function foreign(): BerthError {
  return new BerthError(
    "FORBIDDEN",
    "In a browser this call must come from Berth's own page. Nothing was changed. If it did, set BERTH_PUBLIC_URL to the page's address.",
  );
}
