// Who is calling: the X-API-Key header, compared in constant time, never taken from the URL; or else the cookie of a session.
// What the key may do.
import { createHash, timingSafeEqual } from "node:crypto";
import type { Request, RequestHandler, Response } from "express";
import { DEFAULT_ACCOUNT_ID } from "../../stacks/accounts/accounts.ts";
import { endOf } from "../../stacks/accounts/api-keys.ts";
import type { KeyLookup } from "../../stacks/accounts/key-lookup.ts";
import type { SessionLookup } from "../../stacks/accounts/session-lookup.ts";
import type { Session } from "../../stacks/accounts/sessions.ts";
import { SCOPES, type Scope } from "../../stacks/database/schema.ts";
import { BerthError } from "../../stacks/errors.ts";
import { SESSION_PATH } from "../contract/sessions.ts";
import { type Caller, callerOf, setCaller } from "./caller.ts";
import { addressGroup, type Budget } from "./rate-limits.ts";
import { type CookieParts, readCookie } from "./session-cookie.ts";

export interface KeyParts {
  readonly keyLookup: KeyLookup;
  /** The installation's own key. It needs no database. */
  readonly apiKey: string;
}

export interface SessionParts extends CookieParts {
  readonly sessions: SessionLookup;
}

/** A caller before the call is known. */
export type Recognized = Omit<Caller, "requestId">;

export const OPERATOR = {
  accountId: DEFAULT_ACCOUNT_ID,
  keyId: "operator",
  scopes: SCOPES,
  endsAt: null,
  isOperator: true,
} as const satisfies Recognized;

/** Refuses every call that carries no key that works, and no session that lives; `wrongKeys` counts them, by address. */
export function authenticate(parts: KeyParts & SessionParts, wrongKeys: Budget): RequestHandler {
  const recognize = keyRecognizer(parts);
  return async (request, response, next) => {
    const given = request.headers["x-api-key"];
    const caller = given === undefined ? await bySession(request, parts) : await recognize(String(given));
    if (!caller) {
      if (!isQuestion(request, parts)) await wrongKeys.spend(addressGroup(request.ip), response);
      throw new BerthError(
        "UNAUTHORIZED",
        "Send your API key in the header X-API-Key, or sign in. It is missing, wrong, expired or revoked.",
      );
    }
    setCaller(response, { ...caller, requestId: String(request.id) });
    next();
  };
}

/** Finds who a key belongs to; undefined if it works for nobody. */
export function keyRecognizer({
  keyLookup,
  apiKey,
}: KeyParts): (text: string) => Promise<Recognized | undefined> {
  const operatorKey = digest(apiKey);
  return async (text) => {
    if (timingSafeEqual(digest(text), operatorKey)) return OPERATOR;
    const key = await keyLookup.find(text);
    if (!key) return undefined;
    const { account_id: accountId, id: keyId, scopes } = key;
    return { accountId, keyId, scopes, endsAt: endOf(key), isOperator: false };
  };
}

/** @throws BerthError UNAUTHORIZED for a session that has ended: that is no guess, and isn't counted */
async function bySession(request: Request, parts: SessionParts): Promise<Recognized | undefined> {
  const value = readCookie(request, parts);
  const session = value === undefined ? undefined : await parts.sessions.find(value);
  if (session === "ended") throw new BerthError("UNAUTHORIZED", "This session has ended. Sign in again.");
  return session && callerBy(session, parts.sessions);
}

/** A session does what its key does. */
export function callerBy(session: Session, sessions: Pick<SessionLookup, "stillLives">): Recognized {
  const of = { ...session, stillLives: () => sessions.stillLives(session.id) };
  const { account_id: accountId, key_id: keyId, scopes } = session;
  if (keyId === null) return { ...OPERATOR, session: of };
  return { accountId, keyId, scopes: scopes ?? [], endsAt: endOf(session), isOperator: false, session: of };
}

/** A page that asks whether it is signed in, and has nothing to show: it guesses nothing. */
function isQuestion(request: Request, parts: CookieParts): boolean {
  const { method, baseUrl, path, headers } = request;
  const asksWho = method === "GET" && `${baseUrl}${path}` === SESSION_PATH;
  return asksWho && headers["x-api-key"] === undefined && readCookie(request, parts) === undefined;
}

/** GET needs the scope `read`, everything else `write`. */
export const requireScope: RequestHandler = (request, response, next) => {
  needScope(response, request.method === "GET" || request.method === "HEAD" ? "read" : "write");
  next();
};

/** @throws BerthError FORBIDDEN when the caller's key lacks the scope */
export function needScope(response: Response, needed: Scope): void {
  if (!callerOf(response).scopes.includes(needed)) {
    throw new BerthError("FORBIDDEN", `This key has no scope ${needed}. Nothing was changed.`);
  }
}

/** Of a key, for comparing two in constant time whatever their lengths. */
export function digest(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}
