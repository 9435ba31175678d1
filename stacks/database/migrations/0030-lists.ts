import { type Kysely, sql } from "kysely";
import type { Migration } from "kysely/migration";

/** Every change is announced, for streams. Lists by status, and searches that know upper and lower case of every script wherever the database does. */
export const lists: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
  },
};

/** What a table's trigger announces, each by ids alone: `what`, the deployment, and its account or the operation. */
function announcing(table: string, when: string, each: "row" | "statement", body: string): string[] {
  const name = `berth_changes_of_${table}`;
  return [
    `create or replace function ${name}() returns trigger language plpgsql as $$ begin ${body} return null; end $$`,
    `drop trigger if exists ${name} on ${table}`,
    `create trigger ${name} after ${when} for each ${each} execute function ${name}()`,
  ];
}

const STATEMENTS = [
  ...announcing(
    "deployments",
    "insert or update or delete on deployments",
    "row",
    `if tg_op = 'DELETE' then
      perform pg_notify('berth_changes', 'removed ' || old.id || ' ' || old.account_id);
    else
      perform pg_notify('berth_changes', 'deployment ' || new.id || ' ' || new.account_id);
    end if;`,
  ),
  ...announcing(
    "operations",
    "insert or update on operations",
    "row",
    "perform pg_notify('berth_changes', 'operation ' || new.deployment_id || ' ' || new.id);",
  ),
  // What is only reserved for a request shows nowhere.
  ...announcing(
    "model_spend",
    "insert or update on model_spend",
    "row",
    `if tg_op = 'INSERT' or (new.month_tokens, new.month_microdollars, new.day_tokens, new.day_microdollars)
        is distinct from (old.month_tokens, old.month_microdollars, old.day_tokens, old.day_microdollars) then
      perform pg_notify('berth_changes', 'usage ' || new.deployment_id);
    end if;`,
  ),
  ...announcing(
    "operation_events",
    "insert on operation_events referencing new table as added",
    "statement",
    `perform pg_notify('berth_changes', 'progress ' || deployment_id || ' ' || id) from operations
      where id in (select operation_id from added);`,
  ),
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
