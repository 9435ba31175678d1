// A body must say that it is JSON. Without one (curl -X POST alone) nothing needs to be said.
import type { RequestHandler } from "express";
import { BerthError } from "../../stacks/errors.ts";

export const requireJson: RequestHandler = (request, _response, next) => {
  const hasBody =
    "transfer-encoding" in request.headers || Number(request.headers["content-length"] ?? 0) > 0;
  if (hasBody && !request.is("application/json")) {
    throw new BerthError(
      "UNSUPPORTED_MEDIA_TYPE",
      "Send the body as JSON, with Content-Type: application/json.",
    );
  }
  next();
};
