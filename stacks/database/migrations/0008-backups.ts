import { type Kysely, sql } from "kysely";
import type { Migration } from "kysely/migration";

export const backups: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    await db.schema.alterTable("operations").addColumn("backup_id", "uuid").execute();
    await db.schema
      .createTable("backups")
      .addColumn("id", "uuid", (column) => column.primaryKey())
      .addColumn("deployment_id", "uuid", (column) => column.notNull().references("deployments.id"))
      .addColumn("account_id", "uuid", (column) => column.notNull())
      .addColumn("reason", "text", (column) => column.notNull())
      .addColumn("state", "text", (column) => column.notNull())
      .addColumn("size", "bigint")
      .addColumn("sha256", "text")
      .addColumn("image", "text", (column) => column.notNull())
      .addColumn("operation_id", "uuid", (column) => column.notNull())
      .addColumn("error", "jsonb")
      .addColumn("created_at", "timestamptz", (column) => column.notNull().defaultTo(sql`now()`))
      .addColumn("finished_at", "timestamptz")
      .execute();
    await db.schema
      .createIndex("backups_of_deployment")
      .on("backups")
      .columns(["deployment_id", "id"])
      .execute();
  },
};
