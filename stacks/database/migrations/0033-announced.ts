import { type Kysely, sql } from "kysely";
import type { Migration } from "kysely/migration";

/** Callbacks and their attempts are announced, for streams; and who waits to be let in, as the assistants were last asked. */
export const announced: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
  },
};

/** What a table's trigger announces, by ids alone: `what`, the deployment, and its account. */
function announcing(table: string, when: string, what: string): string[] {
  const name = `berth_changes_of_${table}`;
  return [
    `create or replace function ${name}() returns trigger language plpgsql as $$ begin
      perform pg_notify('berth_changes', '${what} ' || id || ' ' || account_id)
        from deployments where id = new.deployment_id;
      return null;
    end $$`,
    `create trigger ${name} after ${when} on ${table} for each row execute function ${name}()`,
  ];
}

const STATEMENTS = [
  `create table pending_pairings (
    deployment_id uuid primary key references deployments on delete cascade,
    requests text not null
  )`,
  ...announcing("pending_pairings", "insert or update", "pairing"),
  // Not when one is claimed: nothing of that is shown.
  ...announcing("callbacks", "insert or update of state, attempts, queued_at", "callback"),
];
