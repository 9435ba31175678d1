// A line in the log for each call. Headers and bodies carry keys: it names the call and nothing of what it carried.
import type { RequestHandler } from "express";
import type { Logger } from "pino";
import { pinoHttp } from "pino-http";
import { isUnrecorded } from "./audit.ts";
import { requestId } from "./request-id.ts";

export function logCalls(logger: Logger): RequestHandler {
  return pinoHttp({
    logger,
    genReqId: requestId,
    customLogLevel: (_request, response) => (isUnrecorded(response) ? "silent" : "info"),
    customErrorObject: (_request, response, error, { err, ...known }) =>
      isMadeUp(error, response) ? known : { ...known, err },
    customErrorMessage: (_request, response, error) =>
      isMadeUp(error, response) ? "request completed" : "request errored",
    serializers: { req: describeRequest, res: describeResponse },
  });
}

/** pino-http makes an error of every 5xx, whose stack is its own: what went wrong is logged where it did. */
function isMadeUp(error: Error, { statusCode }: { readonly statusCode: number }): boolean {
  return error.message === `failed with status code ${statusCode}`;
}

function describeRequest(request: { id: unknown; method: string; url: string }) {
  return { id: request.id, method: request.method, path: request.url.split("?")[0] };
}

function describeResponse(response: { statusCode: number }) {
  return { status: response.statusCode };
}
