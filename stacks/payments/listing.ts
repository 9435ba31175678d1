// How deployments are paid, as the operator sees it.
import { sql as raw } from "kysely";
import type { Sql } from "../database/database.ts";
import { cutPage, type Page } from "../database/pages.ts";
import { ENDED_PAYMENTS, type PaymentState, type Status } from "../lifecycle.ts";
import type { ApiMode } from "../settings.ts";
import { UNPAID_KEPT } from "./due.ts";

/** `lapsed`: nobody pays any more, and it is not suspended yet, or could not be. */
export const PAYMENT_STANDINGS = ["unpaid", "paid", "lapsed", "suspended"] as const;
export type PaymentStanding = (typeof PAYMENT_STANDINGS)[number];

export interface ListedPayment {
  readonly id: string;
  readonly account: string;
  readonly name: string | null;
  readonly status: Status;
  readonly api_mode: ApiMode;
  readonly standing: PaymentStanding;
  /** What the provider said last, and when that was by its clock. */
  readonly payment: PaymentState;
  readonly payment_at: Date | null;
  readonly payment_ended_at: Date | null;
  readonly has_subscription: boolean;
  /** When it is deleted unless somebody pays; null for what is paid. */
  readonly kept_until: Date | null;
  /** The provider's latest event. */
  readonly notice: string | null;
  readonly created_at: Date;
}

export interface PaymentFilter {
  /** Everybody's if it is undefined. */
  readonly accountId: string | undefined;
  readonly standing: PaymentStanding | undefined;
}

const ENDED = raw`payment in (${raw.join([...ENDED_PAYMENTS])})`;
const STANDING = raw<PaymentStanding>`case when status = 'suspended' then 'suspended' when ${ENDED} then 'lapsed'
  when status = 'pending_payment' then 'unpaid' else 'paid' end`;

/** Newest first, without the deleted ones. @param graceMs how long data is kept after a payment has ended */
export async function listPayments(
  sql: Sql,
  filter: PaymentFilter,
  graceMs: number,
  page: Page,
): Promise<{ rows: ListedPayment[]; nextCursor: string | null }> {
  const { rows } = await raw<ListedPayment>`
    select deployments.id, accounts.name as account, deployments.name, status, api_mode, payment, payment_at,
      payment_ended_at, subscription_id is not null as has_subscription, deployments.created_at,
      ${STANDING} as standing, (select type from payment_notices where deployment_id = deployments.id
        order by at desc, heard_at desc limit 1) as notice,
      case when ${ENDED} then payment_ended_at + ${graceMs / 1_000} * interval '1 second'
        when status = 'pending_payment' then deployments.created_at + ${raw.lit(UNPAID_KEPT)}::interval end as kept_until
    from deployments join accounts on accounts.id = deployments.account_id
    where ${matches(filter)}
      and (${page.cursor ?? null}::uuid is null or deployments.id < ${page.cursor ?? null}::uuid)
    order by deployments.id desc limit ${page.limit + 1}`.execute(sql);
  return cutPage(rows, page);
}

/** How many there are of each standing that any has. */
export async function countPayments(
  sql: Sql,
  accountId: string | undefined,
): Promise<ReadonlyMap<PaymentStanding, number>> {
  const { rows } = await raw<{ standing: PaymentStanding; count: number }>`
    select ${STANDING} as standing, count(*)::float8 as count from deployments
    where ${matches({ accountId, standing: undefined })} group by 1`.execute(sql);
  return new Map(rows.map(({ standing, count }) => [standing, count]));
}

function matches({ accountId, standing }: PaymentFilter) {
  const parts = [raw<boolean>`status <> 'deleted'`];
  if (accountId !== undefined) parts.push(raw<boolean>`account_id = ${accountId}`);
  if (standing !== undefined) parts.push(raw<boolean>`${STANDING} = ${standing}`);
  return raw<boolean>`${raw.join(parts, raw` and `)}`;
}
