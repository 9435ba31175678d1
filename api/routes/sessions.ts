import type { Request, RequestHandler } from "express";
import {
  endSession,
  listSessions,
  noSuchSession,
  type SessionReach,
} from "../../stacks/accounts/manage-sessions.ts";
import type { Sql } from "../../stacks/database/database.ts";
import { EmptyBody, SessionId, SessionsQuery } from "../contract/requests.ts";
import { accountAskedFor } from "../middleware/account-access.ts";
import type { SessionParts } from "../middleware/authenticate.ts";
import { type Caller, callerOf } from "../middleware/caller.ts";
import { parse } from "../middleware/problem.ts";
import { clearCookie } from "../middleware/session-cookie.ts";
import { sessionView } from "./session-view.ts";

interface Parts extends SessionParts {
  readonly sql: Sql;
}

/** GET /sessions: of the account's keys, by pages. The operator sees his own, or those of `?account=`. */
export function list({ sql, sessions }: Parts): RequestHandler {
  return async (request, response) => {
    const caller = callerOf(response);
    const { account, ...page } = parse(SessionsQuery, request.query);
    const accountId = await accountAskedFor(sql, caller, account);
    const reach = accountId === undefined ? "operator's" : { accountId };
    const { rows, nextCursor } = await listSessions(sql, reach, sessions.operatorKey, page);
    response.json({ data: rows.map((row) => sessionView(row, caller.session?.id)), nextCursor });
  };
}

/** DELETE /sessions/:id: ends it at once. The operator ends anybody's. */
export function end(parts: Parts): RequestHandler {
  const { sql, sessions } = parts;
  return async (request, response) => {
    parse(EmptyBody, request.body);
    const caller = callerOf(response);
    const session = await endSession(sql, reachOf(caller), sessions.operatorKey, sessionId(request));
    sessions.forget();
    if (session.id === caller.session?.id) clearCookie(request, response, parts);
    response.json({ data: sessionView(session, caller.session?.id) });
  };
}

function reachOf({ isOperator, accountId }: Caller): SessionReach {
  return isOperator ? "all" : { accountId };
}

/** @throws BerthError NOT_FOUND: what is no id names no session */
function sessionId(request: Request): string {
  const parsed = SessionId.safeParse(request.params.sessionId);
  if (!parsed.success) throw noSuchSession();
  return parsed.data.toLowerCase();
}
