import { type Kysely, sql } from "kysely";
import type { Migration } from "kysely/migration";

/** What was there before belongs to the account of the installation's own key. */
const DEFAULT_ACCOUNT = "00000000-0000-4000-8000-000000000001";

export const accounts: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    const now = sql`now()`;
    await db.schema
      .createTable("accounts")
      .addColumn("id", "uuid", (column) => column.primaryKey())
      .addColumn("name", "text", (column) => column.notNull().unique())
      .addColumn("created_at", "timestamptz", (column) => column.notNull().defaultTo(now))
      .execute();
    await sql`insert into accounts (id, name) values (${DEFAULT_ACCOUNT}, 'default')`.execute(db);
    await db.schema
      .createTable("api_keys")
      .addColumn("id", "text", (column) => column.primaryKey())
      .addColumn("account_id", "uuid", (column) => column.notNull().references("accounts.id"))
      .addColumn("name", "text", (column) => column.notNull())
      .addColumn("hash", "text", (column) => column.notNull())
      .addColumn("scopes", "jsonb", (column) => column.notNull())
      .addColumn("created_at", "timestamptz", (column) => column.notNull().defaultTo(now))
      .addColumn("expires_at", "timestamptz")
      .addColumn("revoked_at", "timestamptz")
      .addColumn("last_used_at", "timestamptz")
      .execute();
    await db.schema.createIndex("keys_of_account").on("api_keys").column("account_id").execute();
    await db.schema
      .alterTable("deployments")
      .addColumn("account_id", "uuid", (column) =>
        column.notNull().defaultTo(DEFAULT_ACCOUNT).references("accounts.id"),
      )
      .execute();
    // From here on nobody may forget whose it is.
    await db.schema
      .alterTable("deployments")
      .alterColumn("account_id", (column) => column.dropDefault())
      .execute();
    await db.schema
      .createIndex("deployments_of_account")
      .on("deployments")
      .columns(["account_id", "id"])
      .execute();
    await db.schema.alterTable("operations").addColumn("request_id", "text").execute();
    await db.schema
      .createTable("audit")
      .addColumn("id", "uuid", (column) => column.primaryKey())
      .addColumn("at", "timestamptz", (column) => column.notNull())
      .addColumn("account_id", "uuid")
      .addColumn("key_id", "text")
      .addColumn("method", "text", (column) => column.notNull())
      .addColumn("route", "text")
      .addColumn("deployment_id", "uuid")
      .addColumn("status", "integer", (column) => column.notNull())
      .addColumn("error_code", "text")
      .addColumn("request_id", "text", (column) => column.notNull())
      .addColumn("address", "text")
      .execute();
    await db.schema.createIndex("audit_of_account").on("audit").columns(["account_id", "id"]).execute();
  },
};
