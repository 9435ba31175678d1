// Records in SQL: PostgreSQL by DATABASE_URL, else PGlite in the data folder; the same migrations for both.
import { Kysely, PGliteDialect, PostgresDialect } from "kysely";
import { Migrator } from "kysely/migration";
import { fromPglite } from "pg-boss";
import { MIGRATIONS } from "./migrations/index.ts";
import type { Schema } from "./schema.ts";

export type Sql = Kysely<Schema>;

/** An open database. `queue` is how pg-boss reaches the same database. */
export interface Database {
  readonly kind: "postgres" | "pglite";
  readonly sql: Sql;
  readonly queue: { readonly connectionString: string } | { readonly db: ReturnType<typeof fromPglite> };
  close(): Promise<void>;
}

/**
 * Opens the database and brings its tables up to date.
 * @throws Error when it can't be reached or a migration fails (nothing of that migration is kept).
 */
export async function openDatabase(where: { url: string } | { folder: string }): Promise<Database> {
  const database = "url" in where ? await openPostgres(where.url) : await openPglite(where.folder);
  try {
    await migrate(database.sql);
  } catch (error) {
    await database.close();
    throw error;
  }
  return database;
}

async function openPostgres(url: string): Promise<Database> {
  const { default: pg } = await import("pg");
  const pool = new pg.Pool({ connectionString: url, max: 10, connectionTimeoutMillis: 10_000 });
  // An idle connection that breaks is replaced by the pool; without a listener it would end the process.
  pool.on("error", () => {});
  // So would one that breaks while somebody uses it: the statement's own error is the one that is told.
  pool.on("connect", (client) => client.on("error", () => {}));
  const sql = new Kysely<Schema>({ dialect: new PostgresDialect({ pool }) });
  return { kind: "postgres", sql, queue: { connectionString: url }, close: () => sql.destroy() };
}

async function openPglite(folder: string): Promise<Database> {
  const { PGlite } = await import("@electric-sql/pglite");
  const pglite = await PGlite.create(folder);
  const sql = new Kysely<Schema>({ dialect: new PGliteDialect({ pglite }) });
  return { kind: "pglite", sql, queue: { db: fromPglite(pglite) }, close: () => pglite.close() };
}

async function migrate(sql: Sql): Promise<void> {
  const migrator = new Migrator({ db: sql, provider: { getMigrations: async () => MIGRATIONS } });
  const { error } = await migrator.migrateToLatest();
  if (error) throw new Error("The database could not be brought up to date.", { cause: error });
}
