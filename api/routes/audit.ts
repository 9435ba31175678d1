import type { RequestHandler } from "express";
import type { z } from "zod";
import { type ListedAuditRow, listAudit } from "../../stacks/accounts/audit-trail.ts";
import type { Sql } from "../../stacks/database/database.ts";
import type * as answers from "../contract/account.ts";
import { AuditQuery } from "../contract/requests.ts";
import { accountAskedFor } from "../middleware/account-access.ts";
import { callerOf } from "../middleware/caller.ts";
import { parse } from "../middleware/problem.ts";

/** GET /audit: the account's calls, newest first, by pages. The operator sees everybody's, or those of `?account=`. */
export function auditTrail({ sql }: { readonly sql: Sql }): RequestHandler {
  return async (request, response) => {
    const { account, limit, cursor, ...filter } = parse(AuditQuery, request.query);
    const accountId = await accountAskedFor(sql, callerOf(response), account);
    const { rows, nextCursor } = await listAudit(sql, accountId, filter, { limit, cursor });
    response.json({ data: rows.map(auditRowView), nextCursor });
  };
}

export function auditRowView(row: ListedAuditRow): z.infer<typeof answers.AuditRow> {
  return {
    id: row.id,
    at: row.at,
    account: row.account,
    keyId: row.key_id,
    sessionId: row.session_id,
    method: row.method,
    route: row.route,
    deploymentId: row.deployment_id,
    status: row.status,
    errorCode: row.error_code,
    requestId: row.request_id,
    address: row.address,
  };
}
