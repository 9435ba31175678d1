// Every call of the API leaves a row, refused ones too: who, what, how it ended. Never a query, a body or a secret. What
// programs and open pages read again and again leaves one an hour.
import type { ServerResponse } from "node:http";
import type { RequestHandler, Response } from "express";
import type { AuditCall, AuditTrail } from "../../stacks/accounts/audit-trail.ts";
import { DeploymentId } from "../contract/requests.ts";
import { findCaller } from "./caller.ts";
import { Counts } from "./counts.ts";
import { findPattern, type RoutePattern, routedPath } from "./route-pattern.ts";

/** The caller had gone before there was an answer. */
const CLIENT_CLOSED_REQUEST = 499;
const FIRST_REFUSAL = 400;
const HOUR_MS = 3_600_000;

/** @param polled paths of calls that change nothing, reveal no secret, and are made again and again */
export function audit(
  trail: AuditTrail,
  patterns: readonly RoutePattern[],
  polled: ReadonlySet<string>,
): RequestHandler {
  const reads = new Counts(HOUR_MS);
  /** Like one of the last hour: of the same caller, from the same address, about the same deployment. */
  const isRepeated = (row: AuditCall) =>
    row.method === "GET" &&
    row.route !== null &&
    polled.has(row.route) &&
    row.status < FIRST_REFUSAL &&
    reads.add([row.key_id, row.session_id, row.address, row.route, row.deployment_id].join(" ")) > 1;
  return (request, response, next) => {
    const found = findPattern(patterns, routedPath(request));
    response.once("close", () => {
      if (isUnrecorded(response)) return;
      const caller = findCaller(response);
      const named = DeploymentId.safeParse(found?.id);
      const row: AuditCall = {
        account_id: caller?.accountId ?? null,
        key_id: caller?.keyId ?? null,
        session_id: caller?.session?.id ?? null,
        method: request.method,
        route: found?.pattern ?? null,
        deployment_id: named.success ? named.data : (response.locals.deploymentId ?? null),
        status: response.headersSent ? response.statusCode : CLIENT_CLOSED_REQUEST,
        error_code: response.locals.errorCode ?? null,
        request_id: String(request.id),
        address: request.ip ?? null,
      };
      if (!isRepeated(row)) trail.add(row);
    });
    next();
  };
}

/** For a call whose path does not name the deployment that it is about. */
export function noteDeployment(response: Response, id: string): void {
  response.locals.deploymentId = id;
}

/** For a refusal like one that was recorded a moment ago: it leaves neither an audit row nor a log line. */
export function leaveUnrecorded(response: Response): void {
  response.locals.isUnrecorded = true;
}

/** Of an answer as Node knows it, to which Express has added its locals. */
export function isUnrecorded(response: ServerResponse | Response): boolean {
  return "locals" in response && response.locals.isUnrecorded === true;
}

export function noteErrorCode(response: Response, code: string): void {
  response.locals.errorCode = code;
}
