import { type Kysely, sql } from "kysely";
import type { Migration } from "kysely/migration";

export const assistants: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    await db.schema
      .alterTable("deployments")
      .addColumn("allow_from", "jsonb", (column) => column.notNull().defaultTo(sql`'[]'`))
      .addColumn("bot_id", "text")
      .addColumn("warning", "jsonb")
      .execute();
    await db.schema
      .createTable("operation_counts")
      .addColumn("kind", "text", (column) => column.notNull())
      .addColumn("outcome", "text", (column) => column.notNull())
      .addColumn("duration_class", "integer", (column) => column.notNull())
      .addColumn("count", "bigint", (column) => column.notNull())
      .addColumn("seconds", "double precision", (column) => column.notNull())
      .addPrimaryKeyConstraint("operation_counts_pkey", ["kind", "outcome", "duration_class"])
      .execute();
    await db.schema.createIndex("one_assistant_a_bot").on("deployments").column("bot_id").unique().execute();
  },
};
