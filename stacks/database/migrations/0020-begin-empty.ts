import type { Kysely } from "kysely";
import type { Migration } from "kysely/migration";

export const beginEmpty: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    await db.schema
      .alterTable("operations")
      .addColumn("begin_empty", "boolean", (column) => column.notNull().defaultTo(false))
      .execute();
  },
};
