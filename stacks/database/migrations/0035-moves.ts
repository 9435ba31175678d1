import { type Kysely, sql } from "kysely";
import type { Migration } from "kysely/migration";

/** Which target a deployment lives on, and what a move from one to another has left. */
export const moves: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
  },
};

const STATEMENTS = [
  "alter table deployments add column target text, add column moving jsonb",
  "alter table operations add column destination jsonb",
  // Docker alone has needed addresses, and AWS alone regions. One that has none of this has nothing anywhere yet.
  `update deployments set target = case when region is not null then 'aws' else 'docker' end
    where region is not null or address is not null or outputs->>'volume' like 'berth-%'`,
];
