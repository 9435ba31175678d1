import { type Kysely, sql } from "kysely";
import type { Migration } from "kysely/migration";

export const initial: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    const now = sql`now()`;
    await db.schema
      .createTable("deployments")
      .addColumn("id", "uuid", (column) => column.primaryKey())
      .addColumn("status", "text", (column) => column.notNull())
      .addColumn("api_mode", "text", (column) => column.notNull())
      .addColumn("checkout_id", "uuid", (column) => column.notNull().unique())
      .addColumn("name", "text")
      .addColumn("model_provider", "text")
      .addColumn("model_id", "text")
      .addColumn("callback_url", "text")
      .addColumn("telegram_bot_token", "text")
      .addColumn("model_api_key", "text")
      .addColumn("gateway_token", "text")
      .addColumn("address", "integer", (column) => column.unique())
      .addColumn("stack_exists", "boolean", (column) => column.notNull().defaultTo(false))
      .addColumn("outputs", "jsonb")
      .addColumn("operation_id", "uuid")
      .addColumn("created_at", "timestamptz", (column) => column.notNull().defaultTo(now))
      .addColumn("updated_at", "timestamptz", (column) => column.notNull().defaultTo(now))
      .execute();
    await db.schema
      .createTable("operations")
      .addColumn("id", "uuid", (column) => column.primaryKey())
      .addColumn("deployment_id", "uuid", (column) => column.notNull().references("deployments.id"))
      .addColumn("kind", "text", (column) => column.notNull())
      .addColumn("state", "text", (column) => column.notNull())
      .addColumn("error", "jsonb")
      .addColumn("cancel_requested", "boolean", (column) => column.notNull().defaultTo(false))
      .addColumn("created_at", "timestamptz", (column) => column.notNull().defaultTo(now))
      .addColumn("started_at", "timestamptz")
      .addColumn("finished_at", "timestamptz")
      .execute();
    await db.schema
      .createIndex("operations_of_deployment")
      .on("operations")
      .columns(["deployment_id", "id"])
      .execute();
    await db.schema
      .createTable("operation_events")
      .addColumn("operation_id", "uuid", (column) => column.notNull().references("operations.id"))
      .addColumn("sequence", "integer", (column) => column.notNull())
      .addColumn("at", "timestamptz", (column) => column.notNull().defaultTo(now))
      .addColumn("event", "jsonb", (column) => column.notNull())
      .addPrimaryKeyConstraint("operation_events_key", ["operation_id", "sequence"])
      .execute();
  },
};
