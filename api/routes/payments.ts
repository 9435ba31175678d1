import type { RequestHandler, Response } from "express";
import type { z } from "zod";
import type { Sql } from "../../stacks/database/database.ts";
import {
  countPayments,
  type ListedPayment,
  listPayments,
  PAYMENT_STANDINGS,
} from "../../stacks/payments/listing.ts";
import type { StackSettings } from "../../stacks/settings.ts";
import { type Payment, PaymentsQuery, type PaymentTotals, PaymentTotalsQuery } from "../contract/operator.ts";
import { accountAskedFor, requireOperator } from "../middleware/account-access.ts";
import { callerOf } from "../middleware/caller.ts";
import { parse } from "../middleware/problem.ts";

interface Parts {
  readonly sql: Sql;
  readonly settings: Pick<StackSettings, "suspensionGraceMs">;
}

/** GET /payments: everybody's, or those of `?account=`, by pages. */
export function list({ sql, settings }: Parts): RequestHandler {
  return async (request, response) => {
    const caller = operator(response);
    const { account, standing, ...page } = parse(PaymentsQuery, request.query);
    const filter = { accountId: await accountAskedFor(sql, caller, account), standing };
    const { rows, nextCursor } = await listPayments(sql, filter, settings.suspensionGraceMs, page);
    response.json({ data: rows.map(view), nextCursor });
  };
}

/** GET /payments/totals */
export function totals({ sql }: Parts): RequestHandler {
  return async (request, response) => {
    const caller = operator(response);
    const { account } = parse(PaymentTotalsQuery, request.query);
    const counts = await countPayments(sql, await accountAskedFor(sql, caller, account));
    const byStanding = Object.fromEntries(PAYMENT_STANDINGS.map((one) => [one, counts.get(one) ?? 0]));
    const total = [...counts.values()].reduce((sum, count) => sum + count, 0);
    response.json({ data: { total, byStanding } as z.infer<typeof PaymentTotals> });
  };
}

function operator(response: Response) {
  const caller = callerOf(response);
  requireOperator(caller, "see how everybody pays");
  return caller;
}

function view(row: ListedPayment): z.infer<typeof Payment> {
  return {
    deploymentId: row.id,
    account: row.account,
    name: row.name,
    status: row.status,
    apiMode: row.api_mode,
    standing: row.standing,
    payment: row.payment,
    paymentAt: row.payment_at,
    endedAt: row.payment_ended_at,
    keptUntil: row.kept_until,
    hasSubscription: row.has_subscription,
    notice: row.notice,
    createdAt: row.created_at,
  };
}
