import { type Kysely, sql } from "kysely";
import type { Migration } from "kysely/migration";

/** Lists by status, and searches that know upper and lower case of every script wherever the database does. */
export const lists: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
  },
};

const STATEMENTS = [
  "create index deployments_in_status on deployments (account_id, status, id) where status <> 'deleted'",
  "create index deployments_not_deleted on deployments (account_id, id) where status <> 'deleted'",
  // Where a database's own locale is C, as the embedded one's, lower() knows ASCII alone.
  `do $$ declare lowered text := 'lower($1)';
  begin
    if exists (select from pg_collation where collname = 'pg_c_utf8') then
      lowered := 'lower($1 collate "pg_c_utf8")';
    end if;
    execute 'create or replace function berth_lower(text) returns text language sql immutable as ' ||
      quote_literal('select ' || lowered);
  end $$`,
];
