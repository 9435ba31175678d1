import type { Kysely } from "kysely";
import type { Migration } from "kysely/migration";

export const modelChecks: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    await db.schema
      .alterTable("deployments")
      .addColumn("model_warning", "jsonb")
      .addColumn("model_check_at", "timestamptz")
      .execute();
  },
};
