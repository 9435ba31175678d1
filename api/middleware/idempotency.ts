// Idempotency-Key: the same call sent again gets the first one's answer. Every call that changes something may have one.
import type { Request, RequestHandler, Response } from "express";
import stringify from "safe-stable-stringify";
import { claimKey, giveBackKey, type HeldCall, keepAnswer } from "../../stacks/accounts/idempotency-keys.ts";
import { BerthError } from "../../stacks/errors.ts";
import type { LifecycleContext } from "../../stacks/operations/enqueue.ts";
import { noteErrorCode } from "./audit.ts";
import { callerOf } from "./caller.ts";
import { invalidRequest } from "./problem.ts";
import { findPattern, type RoutePattern, routedPath } from "./route-pattern.ts";

const MAX_LENGTH = 255;
const BARE = new RegExp(`^(?!")[\\x21-\\x7e]{1,${MAX_LENGTH}}$`);
/** A String of structured fields (RFC 9651), as the draft of the header asks for. */
const QUOTED = /^"((?:[\x20\x21\x23-\x5b\x5d-\x7e]|\\["\\])*)"$/;
const CHANGING = ["POST", "PATCH", "DELETE"];
const RUNNING_RETRY_SECONDS = 1;

export function idempotency(
  parts: Pick<LifecycleContext, "sql" | "box">,
  patterns: readonly RoutePattern[],
): RequestHandler {
  return async (request, response, next) => {
    const header = request.headers["idempotency-key"];
    if (header === undefined || !CHANGING.includes(request.method)) return next();
    const { accountId, keyId } = callerOf(response);
    const key = parseKey(String(header));
    const call = { accountId, key, fingerprint: fingerprint(parts, patterns, keyId, request) };
    const claimed = await claimKey(parts, call);
    if (claimed === "mismatch") {
      throw new BerthError(
        "IDEMPOTENCY_MISMATCH",
        "This Idempotency-Key was sent with another call, or with another API key, before. Nothing was changed; take a new Idempotency-Key for a new call.",
      );
    }
    if (claimed === "running") {
      response.set("Retry-After", String(RUNNING_RETRY_SECONDS));
      throw new BerthError(
        "IDEMPOTENCY_CONFLICT",
        "The first call with this Idempotency-Key is still running. Try again in a moment for its answer.",
      );
    }
    if ("answer" in claimed) {
      const { status, body } = claimed.answer;
      const { error } = JSON.parse(body) as { error?: { code: string } };
      if (error) noteErrorCode(response, error.code);
      response.status(status).set("Idempotency-Replayed", "true").type("json").send(body);
      return;
    }
    keepWhatIsAnswered(parts, claimed.held, request, response);
    next();
  };
}

/**
 * The key that a header names, bare or quoted.
 * @throws BerthError INVALID_REQUEST
 */
function parseKey(header: string): string {
  const quoted = QUOTED.exec(header)?.[1]?.replace(/\\(.)/g, "$1");
  const isLegal = quoted === undefined ? BARE.test(header) : quoted.length > 0 && quoted.length <= MAX_LENGTH;
  if (isLegal) return quoted ?? header;
  throw invalidRequest([
    {
      field: "Idempotency-Key",
      message: `must be 1 to ${MAX_LENGTH} printable ASCII characters, bare without spaces or in quotes`,
    },
  ]);
}

/**
 * Keyed, so that it reveals nothing of a secret in the body. Of the API key, too: another one may have fewer scopes than an
 * answer, e.g. with a new key, gives. Of the route that the call takes, however its target is written.
 */
function fingerprint(
  { box }: Pick<LifecycleContext, "box">,
  patterns: readonly RoutePattern[],
  keyId: string,
  request: Request,
): string {
  const path = routedPath(request);
  const { pattern, values } = findPattern(patterns, path) ?? { pattern: path, values: [] };
  const call = [keyId, request.method, pattern, ...values.map((value) => value.toLowerCase())];
  return box.fingerprint(`${call.join(" ")}\n${stringify(request.body ?? null)}`);
}

/**
 * The answer is kept before it is sent. Faults, malformed requests and what came too often are not: nothing was done, and
 * the call can be made again with the same key. An answer that can't be kept is sent all the same; its key is free when the lease ends.
 */
function keepWhatIsAnswered(
  parts: Pick<LifecycleContext, "sql" | "box">,
  held: HeldCall,
  request: Request,
  response: Response,
): void {
  const send = response.json.bind(response);
  response.json = (body: unknown) => {
    const status = response.statusCode;
    const isKept = status < 500 && status !== 400 && status !== 429;
    const ended = isKept
      ? keepAnswer(parts, held, { status, body: JSON.stringify(body) })
      : giveBackKey(parts, held);
    void ended
      .catch((error: unknown) => request.log.error({ err: error }, "an idempotent answer could not be kept"))
      .then(() => send(body))
      .catch((error: unknown) => request.log.error({ err: error }, "an answer could not be sent"));
    return response;
  };
}
