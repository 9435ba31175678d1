import { type Kysely, sql } from "kysely";
import type { Migration } from "kysely/migration";

/** How each worker's rehearsal has ended, for processes that carry out nothing; and requests to models that nobody answers. */
export const rehearsals: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
  },
};

const STATEMENTS = [
  `create table rehearsals (
    worker text primary key,
    problem text,
    at timestamptz not null default now()
  )`,
  "alter table model_requests add column silent_since timestamptz",
  `create index model_requests_silent on model_requests (deployment_id)
    where state = 'open' and silent_since is not null`,
];
