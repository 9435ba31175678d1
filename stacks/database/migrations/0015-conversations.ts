import { type Kysely, sql } from "kysely";
import type { Migration } from "kysely/migration";

export const conversations: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    await db.schema
      .alterTable("deployments")
      .addColumn("conversation", "jsonb")
      .addColumn("conversation_warning", "jsonb")
      .execute();
    await db.schema.alterTable("operations").addColumn("reverts", "jsonb").execute();
    await db.schema
      .createTable("model_facts")
      .addColumn("provider", "text", (column) => column.notNull())
      .addColumn("model_id", "text", (column) => column.notNull())
      .addColumn("facts", "jsonb", (column) => column.notNull())
      .addColumn("read_at", "timestamptz", (column) => column.notNull().defaultTo(sql`now()`))
      .addPrimaryKeyConstraint("model_facts_pkey", ["provider", "model_id"])
      .execute();
  },
};
