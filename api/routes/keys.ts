import type { Request, RequestHandler } from "express";
import type { z } from "zod";
import { ensureAccount } from "../../stacks/accounts/accounts.ts";
import { type ApiKey, listKeys, revokeKey } from "../../stacks/accounts/api-keys.ts";
import { createKey, rotateKey } from "../../stacks/accounts/issue-keys.ts";
import type { KeyLookup } from "../../stacks/accounts/key-lookup.ts";
import type { SessionLookup } from "../../stacks/accounts/session-lookup.ts";
import type { Sql } from "../../stacks/database/database.ts";
import type * as answers from "../contract/account.ts";
import { CreateKeyBody, EmptyBody, KeysQuery, RotateKeyBody } from "../contract/requests.ts";
import { accountAskedFor, accountWithin, requireOperator } from "../middleware/account-access.ts";
import { callerOf } from "../middleware/caller.ts";
import { parse } from "../middleware/problem.ts";

interface Parts {
  readonly sql: Sql;
  readonly keyLookup: KeyLookup;
  readonly sessions: SessionLookup;
}

/** POST /keys: a new key of the caller's account, or of the one that the operator names. Its text is in this answer only. */
export function create({ sql }: Pick<Parts, "sql">): RequestHandler {
  return async (request, response) => {
    const caller = callerOf(response);
    const { account, name, scopes, expiresInSeconds } = parse(CreateKeyBody, request.body);
    if (account !== undefined) requireOperator(caller, "name an account");
    const accountId = account === undefined ? caller.accountId : await ensureAccount(sql, account);
    const expiresAt = expiresInSeconds === undefined ? null : new Date(Date.now() + expiresInSeconds * 1000);
    const { key, text } = await createKey(sql, accountId, { name, scopes, expiresAt }, caller);
    response.status(201).json({ data: newKeyView(key, text) });
  };
}

/** GET /keys: the account's, by pages, never their texts. The operator sees everybody's, or those of `?account=`. */
export function list({ sql }: Pick<Parts, "sql">): RequestHandler {
  return async (request, response) => {
    const { account, ...page } = parse(KeysQuery, request.query);
    const accountId = await accountAskedFor(sql, callerOf(response), account);
    const { rows, nextCursor } = await listKeys(sql, accountId, page);
    response.json({ data: rows.map(keyView), nextCursor });
  };
}

/** DELETE /keys/:id: revokes it at once. */
export function revoke({ sql, keyLookup, sessions }: Parts): RequestHandler {
  return async (request, response) => {
    parse(EmptyBody, request.body);
    const key = await revokeKey(sql, accountWithin(callerOf(response)), keyId(request));
    keyLookup.forget();
    sessions.forget();
    response.json({ data: keyView(key) });
  };
}

/** POST /keys/:id/rotate: a successor; the old key works on for `overlapSeconds`. */
export function rotate({ sql, keyLookup, sessions }: Parts): RequestHandler {
  return async (request, response) => {
    const caller = callerOf(response);
    const { overlapSeconds } = parse(RotateKeyBody, request.body);
    const { key, text } = await rotateKey(sql, accountWithin(caller), keyId(request), overlapSeconds, caller);
    keyLookup.forget();
    sessions.forget();
    response.status(201).json({ data: newKeyView(key, text) });
  };
}

function keyId(request: Request): string {
  return String(request.params.id);
}

function newKeyView(key: ApiKey, apiKey: string): z.infer<typeof answers.NewKey> {
  return { ...keyView(key), apiKey };
}

function keyView(key: ApiKey): z.infer<typeof answers.Key> {
  return {
    keyId: key.id,
    account: key.account,
    name: key.name,
    scopes: key.scopes,
    createdAt: key.created_at,
    expiresAt: key.expires_at,
    revokedAt: key.revoked_at,
    lastUsedAt: key.last_used_at,
  };
}
