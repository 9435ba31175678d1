// Any error becomes one JSON shape. What is not meant for the client is logged and answered as INTERNAL_ERROR.
import type { ErrorRequestHandler, RequestHandler } from "express";
import type { Logger } from "pino";
import type { z } from "zod";
import { isConnectionLost } from "../../stacks/database/connections.ts";
import { BerthError } from "../../stacks/errors.ts";
import { UnreadableSecret } from "../../stacks/secret.ts";
import { leaveUnrecorded, noteErrorCode } from "./audit.ts";
import type { Refusals } from "./refusals.ts";

/** For what waits for the end of something. */
const AGAIN_AFTER_S = "10";
/** What body-parser calls an error of readJson's own. */
const NO_UTF8 = "entity.verify.failed";

/** Answers every path that no route has taken. */
export const noSuchPage: RequestHandler = () => {
  throw new BerthError("NOT_FOUND", "There is no such page. The calls are listed at /docs.");
};

/** The last handler of the app. */
export function answerProblem(log: Logger, refusals: Refusals): ErrorRequestHandler {
  return (error: unknown, request, response, next) => {
    const problem = toBerthError(error);
    if (problem.status >= 500)
      log.error({ ...behind(error), path: request.path, requestId: request.id }, problem.message);
    if (response.headersSent) return next(error);
    const { code, message, details } = problem;
    noteErrorCode(response, code);
    if (code === "RATE_LIMITED" && !response.hasHeader("Retry-After"))
      response.set("Retry-After", AGAIN_AFTER_S);
    if (!refusals.isRecorded(request, response, problem)) leaveUnrecorded(response);
    response
      .set("Cache-Control", "no-store")
      .status(problem.status)
      .json({ error: { code, message, ...(details !== undefined && { details }) } });
  };
}

/** What the log has beside the sentence: of a refusal by Berth itself the cause alone, if there is one. */
function behind(error: unknown): { readonly err?: unknown } {
  const err = error instanceof BerthError ? error.cause : error;
  return err === undefined ? {} : { err };
}

/** @throws BerthError INVALID_REQUEST that names each wrong field. */
export function parse<T>(shape: z.ZodType<T>, value: unknown): T {
  const parsed = shape.safeParse(value);
  if (parsed.success) return parsed.data;
  throw invalidRequest(parsed.error.issues.flatMap(fields));
}

export function invalidRequest(details: { field: string; message: string }[]): BerthError {
  const names = [...new Set(details.map(({ field }) => field))].join(", ");
  return new BerthError(
    "INVALID_REQUEST",
    `The request was refused because of: ${names}. Nothing was changed.`,
    details,
  );
}

function fields(issue: z.core.$ZodIssue): { field: string; message: string }[] {
  if (issue.code === "unrecognized_keys") {
    return issue.keys.map((key) => ({ field: key.slice(0, 100), message: "is not a known field" }));
  }
  return [{ field: issue.path.join(".") || "body", message: issue.message }];
}

function toBerthError(error: unknown): BerthError {
  if (error instanceof BerthError) return error;
  switch (bodyParserType(error)) {
    case "entity.too.large":
      return new BerthError("PAYLOAD_TOO_LARGE", "The body is too large. Nothing was changed.");
    case "entity.parse.failed":
    case "request.size.invalid":
    case "request.aborted":
      return invalidRequest([{ field: "body", message: "is not valid JSON" }]);
    case NO_UTF8:
      return invalidRequest([{ field: "body", message: "is not valid UTF-8" }]);
    case "encoding.unsupported":
    case "charset.unsupported":
      return new BerthError(
        "UNSUPPORTED_MEDIA_TYPE",
        "The body must be plain JSON in UTF-8. Nothing was changed.",
      );
  }
  if (error instanceof UnreadableSecret)
    return new BerthError(
      "UNAVAILABLE",
      "A stored secret can't be read. Nothing was changed. The operator restores its key; or send again by PATCH what `unreadableSecrets` of the deployment names, and rotate its callback secret.",
    );
  if (error instanceof URIError) return new BerthError("NOT_FOUND", "There is no such page.");
  if (isConnectionLost(error))
    return new BerthError(
      "UNAVAILABLE",
      "The database is away, or does not answer. Try again in a moment; look first whether a call that changes something was carried out.",
    );
  return new BerthError(
    "INTERNAL_ERROR",
    "Something went wrong inside Berth. The operator finds the cause in the log.",
  );
}

function bodyParserType(error: unknown): string | undefined {
  const type = error instanceof Error && "type" in error ? error.type : undefined;
  return typeof type === "string" ? type : undefined;
}
