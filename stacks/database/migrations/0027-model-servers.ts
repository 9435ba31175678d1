import type { Kysely } from "kysely";
import type { Migration } from "kysely/migration";

export const modelServers: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    await db.schema.alterTable("deployments").addColumn("base_url", "text").execute();
  },
};
