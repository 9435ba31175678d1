import type { Kysely } from "kysely";
import type { Migration } from "kysely/migration";

export const provenBots: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    await db.schema.alterTable("deployments").addColumn("bot_proven_at", "timestamptz").execute();
  },
};
