// What a browser does about its own session: sign in, see who it is, sign out.
import type { Request, RequestHandler } from "express";
import { hexHash } from "../../stacks/accounts/api-keys.ts";
import { beginSession, signOut as endSession } from "../../stacks/accounts/sessions.ts";
import { useLink } from "../../stacks/accounts/sign-in-links.ts";
import type { Sql } from "../../stacks/database/database.ts";
import { BerthError } from "../../stacks/errors.ts";
import { bare } from "../contract/pasted.ts";
import { EmptyBody, SignInBody } from "../contract/requests.ts";
import {
  callerBy,
  type KeyParts,
  keyRecognizer,
  OPERATOR,
  type Recognized,
  type SessionParts,
} from "../middleware/authenticate.ts";
import { callerOf, setCaller } from "../middleware/caller.ts";
import { parse } from "../middleware/problem.ts";
import { addressGroup, type Budgets, countCall } from "../middleware/rate-limits.ts";
import { refuseForeign } from "../middleware/same-origin.ts";
import { clearCookie, readCookie, setCookie } from "../middleware/session-cookie.ts";
import { keyHolderView, sessionView } from "./session-view.ts";

interface Parts extends KeyParts, SessionParts {
  readonly sql: Sql;
}

const WRONG_KEY = "This API key is wrong, expired or revoked.";
const WRONG_LINK =
  "This link has been used, or is older than ten minutes. The operator prints another one with `npm run -s berth -- sign-in`.";

/** POST /session: a new session, which takes the place of the browser's former one. The cookie is in this answer alone. */
export function signIn(parts: Parts, budgets: Budgets): RequestHandler {
  const { sql, sessions } = parts;
  const recognizeKey = keyRecognizer(parts);
  return async (request, response) => {
    refuseForeign(request, parts);
    const { apiKey, link } = parse(SignInBody, request.body);
    const holder =
      apiKey === undefined ? await holderOfLink(parts, link) : await holderOfKey(apiKey, recognizeKey);
    if (!holder) {
      await budgets.wrongKeys.spend(addressGroup(request.ip), response);
      throw new BerthError("UNAUTHORIZED", apiKey === undefined ? WRONG_LINK : WRONG_KEY);
    }
    const requestId = String(request.id);
    setCaller(response, { ...holder, requestId });
    await countCall(budgets, request, response);
    const { accountId, keyId, isOperator } = holder;
    const owner = isOperator ? { accountId, operatorKey: sessions.operatorKey } : { accountId, keyId };
    const { session, value } = await beginSession(sql, owner);
    await endFormer(request, parts);
    sessions.forget();
    setCaller(response, { ...callerBy(session, sessions), requestId });
    setCookie(request, response, parts, value);
    response.status(201).json({ data: sessionView(session, session.id) });
  };
}

/** GET /session: who calls, by a session or with a key. */
export function showSession({ sql }: Pick<Parts, "sql">): RequestHandler {
  return async (_request, response) => {
    const caller = callerOf(response);
    const { session } = caller;
    response.json({ data: session ? sessionView(session, session.id) : await keyHolderView(sql, caller) });
  };
}

/** DELETE /session: ends the one that the call comes by. */
export function signOut(parts: Parts): RequestHandler {
  return async (request, response) => {
    parse(EmptyBody, request.body);
    const { session } = callerOf(response);
    if (!session) {
      throw new BerthError("NOT_FOUND", "This call came with a key, by no session. Nothing was changed.");
    }
    await endSession(parts.sql, { id: session.id });
    parts.sessions.forget();
    clearCookie(request, response, parts);
    response.json({ data: sessionView(session, session.id) });
  };
}

/** A key as it stands; or without what stands around a pasted one, which an operator's own key may have within it. */
async function holderOfKey(
  apiKey: string,
  recognizeKey: (key: string) => Promise<Recognized | undefined>,
): Promise<Recognized | undefined> {
  return (await recognizeKey(apiKey)) ?? (await recognizeKey(bare(apiKey)));
}

/** The operator, whose links these are; undefined when the link does not work. */
async function holderOfLink({ sql, sessions }: Parts, token = ""): Promise<Recognized | undefined> {
  return (await useLink(sql, sessions.operatorKey, token)) ? OPERATOR : undefined;
}

async function endFormer(request: Request, parts: Parts): Promise<void> {
  const former = readCookie(request, parts);
  if (former !== undefined) await endSession(parts.sql, { hash: hexHash(former) });
}
