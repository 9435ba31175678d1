import type { Kysely } from "kysely";
import type { Migration } from "kysely/migration";

export const stateUse: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    await db.schema
      .alterTable("deployments")
      .addColumn("state_use", "jsonb")
      .addColumn("state_warning", "jsonb")
      .addColumn("state_check_at", "timestamptz")
      .execute();
  },
};
