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
    serializers: { req: describeRequest, res: describeResponse },
  });
}

function describeRequest(request: { id: unknown; method: string; url: string }) {
  return { id: request.id, method: request.method, path: request.url.split("?")[0] };
}

function describeResponse(response: { statusCode: number }) {
  return { status: response.statusCode };
}
