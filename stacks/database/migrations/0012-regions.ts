import { type Kysely, sql } from "kysely";
import type { Migration } from "kysely/migration";

export const regions: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    await db.schema.alterTable("deployments").addColumn("region", "text").execute();
    // What is there already lives where its volume is; the ARN of an access point says it.
    await sql`
      update deployments set region = split_part(outputs->>'volume', ':', 4)
      where outputs->>'volume' like 'arn:%:elasticfilesystem:%'`.execute(db);
  },
};
