// A body must say that it is JSON, and be JSON in UTF-8. Without one (curl -X POST alone) nothing needs to be said.
import { isUtf8 } from "node:buffer";
import express, { type RequestHandler } from "express";
import { BerthError } from "../../stacks/errors.ts";

const BODY_LIMIT = "64kb";
const CHARSETS = /;\s*charset\s*=\s*("[^"]*"|[^\s;]*)/gi;
const UTF8: readonly string[] = ["utf-8", '"utf-8"'];

/** @throws BerthError UNSUPPORTED_MEDIA_TYPE */
export const requireJson: RequestHandler = (request, _response, next) => {
  const hasBody =
    "transfer-encoding" in request.headers || Number(request.headers["content-length"] ?? 0) > 0;
  if (hasBody && !(request.is("application/json") && isInUtf8(request.headers["content-type"] ?? ""))) {
    throw new BerthError(
      "UNSUPPORTED_MEDIA_TYPE",
      "Send the body as JSON in UTF-8, with Content-Type: application/json.",
    );
  }
  next();
};

/** Reads the body. Bytes that are no UTF-8 are refused: decoded, they would be other text than what was sent. */
export const readJson: RequestHandler = express.json({
  limit: BODY_LIMIT,
  verify(_request, _response, body) {
    if (!isUtf8(body)) throw new Error("The body is not UTF-8.");
  },
});

function isInUtf8(contentType: string): boolean {
  return [...contentType.matchAll(CHARSETS)].every(([, name = ""]) => UTF8.includes(name.toLowerCase()));
}
