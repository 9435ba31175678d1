import { type Kysely, sql } from "kysely";
import type { Migration } from "kysely/migration";

/** Each attempt that was cut off may have left Pulumi's lock, and not the last one alone. */
export const lostHosts: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    await sql.raw("alter table operations add column lost_hosts jsonb not null default '[]'").execute(db);
  },
};
