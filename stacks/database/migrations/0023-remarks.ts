import type { Kysely } from "kysely";
import type { Migration } from "kysely/migration";

export const remarks: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    await db.schema.alterTable("deployments").addColumn("remark", "jsonb").execute();
  },
};
