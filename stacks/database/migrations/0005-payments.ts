import { type Kysely, sql } from "kysely";
import type { Migration } from "kysely/migration";

export const payments: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    await db.schema
      .alterTable("deployments")
      .addColumn("checkout_url", "text")
      .addColumn("checkout_expires_at", "timestamptz")
      .addColumn("order_id", "text")
      .addColumn("subscription_id", "text")
      .addColumn("payment", "text", (column) => column.notNull().defaultTo("open"))
      .addColumn("payment_at", "timestamptz")
      .addColumn("payment_ended_at", "timestamptz")
      .addColumn("payment_asked_at", "timestamptz")
      .addColumn("suspended_from", "text")
      .execute();
    await db.schema
      .createIndex("deployments_of_subscription")
      .on("deployments")
      .column("subscription_id")
      .execute();
    await db.schema
      .createTable("payment_notices")
      .addColumn("id", "text", (column) => column.primaryKey())
      .addColumn("deployment_id", "uuid", (column) => column.notNull().references("deployments.id"))
      .addColumn("type", "text", (column) => column.notNull())
      .addColumn("order_id", "text")
      .addColumn("at", "timestamptz", (column) => column.notNull())
      .addColumn("heard_at", "timestamptz", (column) => column.notNull().defaultTo(sql`now()`))
      .execute();
    await db.schema
      .createIndex("payment_notices_once_per_order")
      .on("payment_notices")
      .column("order_id")
      .unique()
      .where(sql<boolean>`type = 'order.paid'`)
      .execute();
  },
};
