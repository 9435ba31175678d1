import type { Kysely } from "kysely";
import type { Migration } from "kysely/migration";

export const dataVolume: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    await db.schema.alterTable("deployments").addColumn("data_volume", "text").execute();
  },
};
