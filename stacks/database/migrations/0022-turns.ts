import { type Kysely, sql } from "kysely";
import type { Migration } from "kysely/migration";

export const turns: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    await db.schema
      .alterTable("operations")
      .addColumn("turn", "integer", (column) => column.notNull().defaultTo(0))
      .execute();
    await sql`create index live_operations on operations (deployment_id) where state in ('queued', 'running')`.execute(
      db,
    );
  },
};
