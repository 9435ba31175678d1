import type { RequestHandler } from "express";
import type { z } from "zod";
import type { Sql } from "../../stacks/database/database.ts";
import { type AccountTotals, listAccounts } from "../../stacks/usage/account-totals.ts";
import { type Account, AccountsQuery } from "../contract/operator.ts";
import { requireOperator } from "../middleware/account-access.ts";
import { callerOf } from "../middleware/caller.ts";
import { parse } from "../middleware/problem.ts";

/** GET /accounts: all of them, by pages. */
export function list({ sql }: { readonly sql: Sql }): RequestHandler {
  return async (request, response) => {
    requireOperator(callerOf(response), "see all accounts");
    const { search, ...page } = parse(AccountsQuery, request.query);
    const { rows, nextCursor } = await listAccounts(sql, search, page);
    response.json({ data: rows.map(view), nextCursor });
  };
}

function view(row: AccountTotals): z.infer<typeof Account> {
  return {
    accountId: row.id,
    account: row.name,
    deployments: row.deployments,
    active: row.active,
    keys: row.keys,
    lastUsedAt: row.last_used_at,
    usd: row.usd,
    createdAt: row.created_at,
  };
}
