import type { Kysely } from "kysely";
import type { Migration } from "kysely/migration";

export const fallbackModels: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    await db.schema.alterTable("deployments").addColumn("fallback_models", "jsonb").execute();
  },
};
