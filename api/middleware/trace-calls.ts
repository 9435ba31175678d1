// A span for each call, of which what the call brings about is a part. It continues the caller's trace (`traceparent`).
import type { RequestHandler } from "express";
import { beginSpan, markFailed, within } from "../../stacks/tracing/spans.ts";
import { DeploymentId } from "../contract/requests.ts";
import { findPattern, type RoutePattern, routedPath } from "./route-pattern.ts";

/** Names the call by the pattern of its route: a path itself may hold anything, and no header is kept. */
export function traceCalls(patterns: readonly RoutePattern[]): RequestHandler {
  return (request, response, next) => {
    const { method, headers } = request;
    const span = beginSpan(method, {
      kind: "SERVER",
      from: { traceparent: headers.traceparent, tracestate: headers.tracestate },
      attributes: { "http.request.method": method, "berth.request.id": String(request.id) },
    });
    const path = routedPath(request);
    response.once("close", () => {
      if (!span.isRecording()) return;
      const found = findPattern(patterns, path);
      const { statusCode, locals } = response;
      if (found) span.updateName(`${method} ${found.pattern}`).setAttribute("http.route", found.pattern);
      const deployment = DeploymentId.safeParse(locals.deploymentId ?? found?.id);
      if (deployment.success) span.setAttribute("berth.deployment.id", deployment.data);
      span.setAttribute("http.response.status_code", statusCode);
      if (locals.errorCode) span.setAttribute("error.type", String(locals.errorCode));
      if (statusCode >= 500) markFailed(span, String(locals.errorCode ?? statusCode));
      span.end();
    });
    within(span, next);
  };
}
