import { type Kysely, sql } from "kysely";
import type { Migration } from "kysely/migration";

export const idempotency: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    await db.schema
      .createTable("idempotency_keys")
      .addColumn("account_id", "uuid", (column) => column.notNull().references("accounts.id"))
      .addColumn("key", "text", (column) => column.notNull())
      .addColumn("fingerprint", "text", (column) => column.notNull())
      .addColumn("claim", "uuid", (column) => column.notNull())
      .addColumn("leased_until", "timestamptz", (column) => column.notNull())
      .addColumn("status", "integer")
      .addColumn("answer", "text")
      .addColumn("created_at", "timestamptz", (column) => column.notNull().defaultTo(sql`now()`))
      .addPrimaryKeyConstraint("idempotency_keys_key", ["account_id", "key"])
      .execute();
    await db.schema
      .createIndex("idempotency_keys_by_age")
      .on("idempotency_keys")
      .column("created_at")
      .execute();
    await db.schema.createIndex("audit_by_age").on("audit").column("at").execute();
    // In the form that rate-limiter-flexible expects.
    await db.schema
      .createTable("rate_limits")
      .addColumn("key", "varchar(255)", (column) => column.primaryKey())
      .addColumn("points", "integer", (column) => column.notNull().defaultTo(0))
      .addColumn("expire", "bigint")
      .execute();
  },
};
