// How the database finds what a part of Berth asks for: its very statements, explained.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PGlite } from "@electric-sql/pglite";
import { type CompiledQuery, Kysely, PGliteDialect } from "kysely";
import type { Sql } from "../../stacks/database/database.ts";
import type { Schema } from "../../stacks/database/schema.ts";
import { putEmptyDatabase } from "./empty-database.ts";

export interface ExplainedDatabase {
  readonly sql: Sql;
  /** @returns the plan of each statement that the work makes, in order; the work is done */
  plansOf(work: (sql: Sql) => Promise<unknown>): Promise<string[]>;
  close(): Promise<void>;
}

export async function openExplained(): Promise<ExplainedDatabase> {
  const folder = mkdtempSync(join(tmpdir(), "berth-plans-"));
  await putEmptyDatabase(folder);
  const pglite = await PGlite.create(join(folder, "database"));
  const made: CompiledQuery[] = [];
  const sql = new Kysely<Schema>({
    dialect: new PGliteDialect({ pglite }),
    log: ({ level, query }) => void (level === "query" && made.push(query)),
  });
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
    async close() {
      await sql.destroy();
      rmSync(folder, { recursive: true });
    },
  };
}
