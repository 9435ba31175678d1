// Who is calling: the X-API-Key header, compared in constant time, never taken from the URL.
import { createHash, timingSafeEqual } from "node:crypto";
import type { RequestHandler } from "express";
import { BerthError } from "../stacks/errors.ts";

/** Refuses every call that does not carry the installation's key. */
export function authenticate(apiKey: string): RequestHandler {
  const expected = digest(apiKey);
  return (request, _response, next) => {
    const given = request.headers["x-api-key"];
    if (typeof given !== "string" || !timingSafeEqual(digest(given), expected)) {
      throw new BerthError("UNAUTHORIZED", "Send your API key in the header X-API-Key.");
    }
    next();
  };
}

function digest(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}
