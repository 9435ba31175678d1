import { type Kysely, sql } from "kysely";
import type { Migration } from "kysely/migration";

export const images: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    await db.schema
      .alterTable("deployments")
      .addColumn("image", "text")
      .addColumn("pinned_image", "text")
      .addColumn("rolled_back_from", "text")
      .addColumn("unfinished_upgrade", "jsonb")
      .addColumn("status_before", "text")
      .execute();
    // What was brought up before was not pinned: it ran what its stack has reported.
    await sql`update deployments set pinned_image = outputs->>'image' where name is not null`.execute(db);
  },
};
