// Who is calling: the X-API-Key header, compared in constant time, never taken from the URL. What the key may do.
import { createHash, timingSafeEqual } from "node:crypto";
import type { RequestHandler, Response } from "express";
import { DEFAULT_ACCOUNT_ID } from "../../stacks/accounts/accounts.ts";
import { endOf } from "../../stacks/accounts/api-keys.ts";
import type { KeyLookup } from "../../stacks/accounts/key-lookup.ts";
import { SCOPES, type Scope } from "../../stacks/database/schema.ts";
import { BerthError } from "../../stacks/errors.ts";
import { type Caller, callerOf, setCaller } from "./caller.ts";
import { addressGroup, type Budget } from "./rate-limits.ts";

export interface KeyParts {
  readonly keyLookup: KeyLookup;
  /** The installation's own key. It needs no database. */
  readonly apiKey: string;
}

/** Refuses every call that carries no key that works; `wrongKeys` counts them, by address. */
export function authenticate({ keyLookup, apiKey }: KeyParts, wrongKeys: Budget): RequestHandler {
  const operatorKey = digest(apiKey);
  return async (request, response, next) => {
    const given = request.headers["x-api-key"];
    const requestId = String(request.id);
    const caller = typeof given === "string" ? await recognize(given) : undefined;
    if (!caller) {
      await wrongKeys.spend(addressGroup(request.ip), response);
      throw new BerthError(
        "UNAUTHORIZED",
        "Send your API key in the header X-API-Key. It is missing, wrong, expired or revoked.",
      );
    }
    setCaller(response, { ...caller, requestId });
    next();
  };

  async function recognize(text: string): Promise<Omit<Caller, "requestId"> | undefined> {
    if (timingSafeEqual(digest(text), operatorKey)) {
      const operator = { accountId: DEFAULT_ACCOUNT_ID, keyId: "operator", scopes: SCOPES };
      return { ...operator, endsAt: null, isOperator: true };
    }
    const key = await keyLookup.find(text);
    if (!key) return undefined;
    const { account_id: accountId, id: keyId, scopes } = key;
    return { accountId, keyId, scopes, endsAt: endOf(key), isOperator: false };
  }
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
