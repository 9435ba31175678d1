import { type Kysely, sql } from "kysely";
import type { Migration } from "kysely/migration";

/**
 * What running assistants have used in the last hour. Each has as many rows as there are places in the hour, which are written
 * over: the table does not grow, and needs no vacuum. Pages are filled by half, so that a row stays on its own.
 */
export const samples: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    await sql
      .raw(
        `create table samples (
          deployment_id uuid not null references deployments on delete cascade,
          place smallint not null,
          at timestamptz not null,
          seconds double precision,
          cpu_cores double precision,
          memory_bytes double precision,
          received_per_second double precision,
          sent_per_second double precision,
          state_used_bytes double precision,
          primary key (deployment_id, place)
        ) with (fillfactor = 50)`,
      )
      .execute(db);
  },
};
