// What each account has, and what its assistants have used of their models this month, for the operator.
import { sql as raw } from "kysely";
import type { Sql } from "../database/database.ts";
import { cutPage, type Page } from "../database/pages.ts";
import { MICRODOLLARS } from "./limits.ts";

export interface AccountTotals {
  readonly id: string;
  readonly name: string;
  readonly created_at: Date;
  /** Without the deleted ones. */
  readonly deployments: number;
  readonly active: number;
  /** That work now. */
  readonly keys: number;
  readonly last_used_at: Date | null;
  /** In US dollars, this month (UTC), deleted deployments included. */
  readonly usd: number;
}

/** Newest first. @param search a part of the name; upper and lower case are the same */
export async function listAccounts(
  sql: Sql,
  search: string | undefined,
  page: Page,
): Promise<{ rows: AccountTotals[]; nextCursor: string | null }> {
  const found = await raw<Omit<AccountTotals, "usd"> & { readonly microdollars: number }>`
    select accounts.id, accounts.name, accounts.created_at,
      (select count(*)::float8 from deployments where account_id = accounts.id and status <> 'deleted') as deployments,
      (select count(*)::float8 from deployments where account_id = accounts.id and status = 'active') as active,
      (select count(*)::float8 from api_keys where account_id = accounts.id
        and (revoked_at is null or revoked_at > now()) and (expires_at is null or expires_at > now())) as keys,
      (select max(last_used_at) from api_keys where account_id = accounts.id) as last_used_at,
      (select coalesce(sum(microdollars), 0)::float8 from model_usage_days
        where deployment_id in (select id from deployments where account_id = accounts.id)
        and day >= date_trunc('month', now() at time zone 'UTC')::date) as microdollars
    from accounts
    where strpos(lower(accounts.name), lower(${search ?? ""})) > 0
      and (${page.cursor ?? null}::uuid is null or accounts.id < ${page.cursor ?? null}::uuid)
    order by accounts.id desc limit ${page.limit + 1}`.execute(sql);
  const rows = found.rows.map(({ microdollars, ...row }) => ({ ...row, usd: microdollars / MICRODOLLARS }));
  return cutPage(rows, page);
}
