import { type Kysely, sql } from "kysely";
import type { Migration } from "kysely/migration";

/** What is looked for again and again is found by an index, however many deployments, backups and days there are. */
export const atScale: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
  },
};

const STATEMENTS = [
  "create index models_to_check on deployments (model_check_at nulls first) where status = 'active'",
  "create index data_to_measure on deployments (state_check_at nulls first) where status in ('active', 'failed')",
  "create index deployments_by_status on deployments (status, id)",
  `create index latest_measurements on deployments ((state_use->>'measuredAt')) where status <> 'deleted' and state_use is not null`,
  "create index scheduled_backups on backups (account_id, created_at) where reason = 'scheduled'",
];
