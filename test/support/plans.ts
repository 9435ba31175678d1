// How the database finds what a part of Berth asks for: its very statements, explained.
import { PGlite } from "@electric-sql/pglite";
import { type CompiledQuery, Kysely, PGliteDialect } from "kysely";
import { Migrator } from "kysely/migration";
import type { Sql } from "../../stacks/database/database.ts";
import { MIGRATIONS } from "../../stacks/database/migrations/index.ts";
import type { Schema } from "../../stacks/database/schema.ts";

export interface ExplainedDatabase {
  readonly sql: Sql;
  /** @returns the plan of each statement that the work makes, in order; the work is done */
  plansOf(work: (sql: Sql) => Promise<unknown>): Promise<string[]>;
  close(): Promise<void>;
}

export async function openExplained(): Promise<ExplainedDatabase> {
  const pglite = await PGlite.create();
  const made: CompiledQuery[] = [];
  const sql = new Kysely<Schema>({
    dialect: new PGliteDialect({ pglite }),
    log: ({ level, query }) => void (level === "query" && made.push(query)),
  });
  const migrator = new Migrator({ db: sql, provider: { getMigrations: async () => MIGRATIONS } });
  const { error } = await migrator.migrateToLatest();
  if (error) throw error;
  return {
    sql,
    async plansOf(work) {
      made.length = 0;
      await work(sql);
      const plans: string[] = [];
      for (const { sql: text, parameters } of [...made]) {
        if (!/^\s*(with|select|update)/i.test(text)) continue;
        const { rows } = await pglite.query<{ "QUERY PLAN": string }>(`explain ${text}`, [...parameters]);
        plans.push(rows.map((row) => row["QUERY PLAN"]).join("\n"));
      }
      return plans;
    },
    close: () => sql.destroy(),
  };
}
