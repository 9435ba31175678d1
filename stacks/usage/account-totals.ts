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
    with page as materialized (select id, name, created_at from accounts
      where strpos(lower(name), lower(${search ?? ""})) > 0
        and (${page.cursor ?? null}::uuid is null or id < ${page.cursor ?? null}::uuid)
      order by id desc limit ${page.limit + 1}),
    owned as (select account_id, count(*) filter (where status <> 'deleted')::float8 as deployments,
        count(*) filter (where status = 'active')::float8 as active
      from deployments where account_id in (select id from page) group by account_id),
    spent as (select account_id, sum(microdollars)::float8 as microdollars
      from model_usage_days inner join deployments on deployments.id = deployment_id
      where day >= date_trunc('month', now() at time zone 'UTC')::date and account_id in (select id from page)
      group by account_id)
    select page.*, coalesce(deployments, 0) as deployments, coalesce(active, 0) as active,
      (select count(*)::float8 from api_keys where account_id = page.id
        and (revoked_at is null or revoked_at > now()) and (expires_at is null or expires_at > now())) as keys,
      (select max(last_used_at) from api_keys where account_id = page.id) as last_used_at,
      coalesce(microdollars, 0) as microdollars
    from page left join owned on owned.account_id = page.id left join spent on spent.account_id = page.id
    order by page.id desc`.execute(sql);
  const rows = found.rows.map(({ microdollars, ...row }) => ({ ...row, usd: microdollars / MICRODOLLARS }));
  return cutPage(rows, page);
}
