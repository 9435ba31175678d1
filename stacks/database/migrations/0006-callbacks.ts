import { type Kysely, sql } from "kysely";
import type { Migration } from "kysely/migration";

export const callbacks: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    await db.schema
      .alterTable("deployments")
      .addColumn("callback_secret", "text")
      .addColumn("callback_secret_before", "text")
      .addColumn("callback_secret_before_until", "timestamptz")
      .addColumn("callback_disabled_at", "timestamptz")
      .execute();
    const now = sql`now()`;
    await db.schema
      .createTable("callbacks")
      .addColumn("id", "uuid", (column) => column.primaryKey())
      .addColumn("sequence", "bigint", (column) => column.generatedAlwaysAsIdentity())
      .addColumn("deployment_id", "uuid", (column) => column.notNull().references("deployments.id"))
      .addColumn("type", "text", (column) => column.notNull())
      .addColumn("body", "text", (column) => column.notNull())
      .addColumn("state", "text", (column) => column.notNull())
      .addColumn("attempt", "integer", (column) => column.notNull().defaultTo(0))
      .addColumn("attempts", "jsonb", (column) => column.notNull().defaultTo(sql`'[]'`))
      .addColumn("next_attempt_at", "timestamptz", (column) => column.defaultTo(now))
      .addColumn("claimed_until", "timestamptz")
      .addColumn("created_at", "timestamptz", (column) => column.notNull().defaultTo(now))
      .addColumn("queued_at", "timestamptz", (column) => column.notNull().defaultTo(now))
      .execute();
    await db.schema
      .createIndex("callbacks_of_deployment")
      .on("callbacks")
      .columns(["deployment_id", "sequence"])
      .execute();
    await db.schema
      .createIndex("callbacks_pending")
      .on("callbacks")
      .column("next_attempt_at")
      .where(sql<boolean>`state = 'pending'`)
      .execute();
  },
};
