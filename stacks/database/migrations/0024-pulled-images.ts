import { type Kysely, sql } from "kysely";
import type { Migration } from "kysely/migration";

export const pulledImages: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    await db.schema
      .createTable("pulled_images")
      .addColumn("pin", "text", (column) => column.primaryKey())
      .addColumn("reference", "text", (column) => column.notNull())
      .addColumn("pulled_at", "timestamptz", (column) => column.notNull().defaultTo(sql`now()`))
      .addColumn("unused_since", "timestamptz")
      .execute();
  },
};
