// What a client sees of a session, and of a caller without one.
import type { z } from "zod";
import { accountName } from "../../stacks/accounts/accounts.ts";
import { readKey } from "../../stacks/accounts/api-keys.ts";
import { type Session, sessionEnd } from "../../stacks/accounts/sessions.ts";
import type { Sql } from "../../stacks/database/database.ts";
import type * as answers from "../contract/sessions.ts";
import { OPERATOR } from "../middleware/authenticate.ts";
import type { Caller } from "../middleware/caller.ts";

type View = z.infer<typeof answers.Session>;

/** @param currentId of the session that the call came by */
export function sessionView(session: Session, currentId: string | undefined): View {
  const isOperator = session.key_id === null;
  return {
    sessionId: session.id,
    account: session.account,
    keyId: session.key_id ?? OPERATOR.keyId,
    keyName: session.key_name,
    scopes: isOperator ? [...OPERATOR.scopes] : [...(session.scopes ?? [])],
    isOperator,
    signedInAt: session.created_at,
    lastUsedAt: session.last_used_at,
    endsAt: sessionEnd(session),
    isCurrent: session.id === currentId,
  };
}

/** Whose key a call came with. */
export async function keyHolderView(sql: Sql, caller: Caller): Promise<View> {
  const { accountId, keyId, scopes, isOperator, endsAt } = caller;
  const key = isOperator ? undefined : await readKey(sql, keyId);
  return {
    sessionId: null,
    account: await accountName(sql, accountId),
    keyId,
    keyName: key?.name ?? null,
    scopes: [...scopes],
    isOperator,
    signedInAt: null,
    lastUsedAt: null,
    endsAt,
    isCurrent: false,
  };
}
