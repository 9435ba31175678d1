import { type Kysely, sql } from "kysely";
import type { Migration } from "kysely/migration";

export const assistants: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    await db.schema
      .alterTable("deployments")
      .addColumn("allow_from", "jsonb", (column) => column.notNull().defaultTo(sql`'[]'`))
      .addColumn("bot_id", "text")
      .execute();
    await db.schema.createIndex("one_assistant_a_bot").on("deployments").column("bot_id").unique().execute();
  },
};
