import type { Kysely } from "kysely";
import type { Migration } from "kysely/migration";

export const traces: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    await db.schema.alterTable("callbacks").addColumn("trace", "jsonb").execute();
  },
};
