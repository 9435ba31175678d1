import type { Kysely } from "kysely";
import type { Migration } from "kysely/migration";

export const attemptsAndDrift: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    await db.schema
      .alterTable("operations")
      .addColumn("attempt", "integer", (column) => column.notNull().defaultTo(0))
      .addColumn("host", "text")
      .execute();
    await db.schema.alterTable("deployments").addColumn("seen", "jsonb").execute();
  },
};
