import type { RequestHandler } from "express";
import type { SessionLookup } from "../../stacks/accounts/session-lookup.ts";
import { makeLink } from "../../stacks/accounts/sign-in-links.ts";
import type { Sql } from "../../stacks/database/database.ts";
import { EmptyBody } from "../contract/requests.ts";
import { requireOperator } from "../middleware/account-access.ts";
import { callerOf } from "../middleware/caller.ts";
import { parse } from "../middleware/problem.ts";

interface Parts {
  readonly sql: Sql;
  readonly sessions: Pick<SessionLookup, "operatorKey">;
  readonly publicUrl: string;
}

/** What listens on these addresses is reached by this machine's name. */
const EVERYWHERE = ["0.0.0.0", "[::]"];

/** POST /sign-in-links: the operator alone gets one, by the command or for another browser. */
export function create(parts: Parts): RequestHandler {
  return async (request, response) => {
    parse(EmptyBody, request.body);
    requireOperator(callerOf(response), "make a link that signs its operator in");
    response.status(201).json({ data: await signInLink(parts) });
  };
}

/** A link that signs the operator in, once. Its token stands behind the #: no server, proxy or log gets it with the page. */
export async function signInLink({
  sql,
  sessions,
  publicUrl,
}: Parts): Promise<{ readonly url: string; readonly endsAt: Date }> {
  const { token, endsAt } = await makeLink(sql, sessions.operatorKey);
  return { url: `${signInPage(publicUrl)}#${token}`, endsAt };
}

/** Where a browser on this machine, or by the public address, signs in. */
function signInPage(publicUrl: string): string {
  const page = new URL(`${publicUrl}/sign-in`);
  if (EVERYWHERE.includes(page.hostname)) page.hostname = "localhost";
  return page.href;
}
