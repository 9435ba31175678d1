import type { Kysely } from "kysely";
import type { Migration } from "kysely/migration";

/** Until when the assistant of a paid slot waits for its activation. */
export const preboot: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    await db.schema.alterTable("deployments").addColumn("preboot_until", "timestamptz").execute();
    await db.schema
      .createIndex("deployments_prebooted")
      .on("deployments")
      .column("preboot_until")
      .where("preboot_until", "is not", null)
      .execute();
  },
};
