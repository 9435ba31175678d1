// Records in SQL: PostgreSQL by DATABASE_URL, else PGlite in the data folder; the same migrations for both.
import { EventEmitter } from "node:events";
import { Kysely, PGliteDialect, PostgresDialect, sql } from "kysely";
import { Migrator } from "kysely/migration";
import { fromPglite } from "pg-boss";
import { hearAllClients } from "./connections.ts";
import { MIGRATIONS } from "./migrations/index.ts";
import type { Schema } from "./schema.ts";
import { assertSessions } from "./sessions.ts";

export type Sql = Kysely<Schema>;

const CHANNEL = "berth_changes";

/** An open database. `queue` is how pg-boss reaches the same database. */
export interface Database {
  readonly kind: "postgres" | "pglite";
  readonly sql: Sql;
  readonly queue: { readonly connectionString: string } | { readonly db: ReturnType<typeof fromPglite> };
  /** Tells of every committed change of a deployment or its operations; absent where others change them too. */
  readonly onChange?: (listener: (deploymentId: string) => void) => void;
  close(): Promise<void>;
}

/**
 * Opens the database and brings its tables up to date.
 * @throws Error when it can't be reached, a pooler takes its sessions away, or a migration fails (nothing of that migration
 * is kept).
 */
export async function openDatabase(where: { url: string } | { folder: string }): Promise<Database> {
  const database = "url" in where ? await openPostgres(where.url) : await openPglite(where.folder);
  try {
    await migrate(database.sql);
    if (database.onChange) await announceChanges(database.sql);
  } catch (error) {
    await database.close();
    throw error;
  }
  return database;
}

async function openPostgres(url: string): Promise<Database> {
  const { default: pg } = await import("pg");
  hearAllClients(pg.Client);
  await assertSessions(url);
  const pool = new pg.Pool({ connectionString: url, max: 10, connectionTimeoutMillis: 10_000 });
  // An idle connection that breaks is replaced by the pool; without a listener it would end the process.
  pool.on("error", () => {});
  // So would one that breaks while somebody uses it: the statement's own error is the one that is told.
  pool.on("connect", (client) => client.on("error", () => {}));
  const database = new Kysely<Schema>({ dialect: new PostgresDialect({ pool }) });
  return {
    kind: "postgres",
    sql: database,
    queue: { connectionString: url },
    close: () => database.destroy(),
  };
}

async function openPglite(folder: string): Promise<Database> {
  const { PGlite } = await import("@electric-sql/pglite");
  const pglite = await PGlite.create(folder).catch((error: unknown) => {
    const why = error instanceof Error ? error.message : String(error);
    const advice = `Put the data folder back from a copy. Moving ${folder} aside begins with an empty database, which knows none of the assistants that run.`;
    throw new Error(`The embedded database in ${folder} can't be opened: ${why}\n  ${advice}`, {
      cause: error,
    });
  });
  const changes = new EventEmitter();
  await pglite.listen(CHANNEL, (deploymentId) => void changes.emit(CHANNEL, deploymentId));
  return {
    kind: "pglite",
    sql: new Kysely<Schema>({ dialect: new PGliteDialect({ pglite }) }),
    queue: { db: fromPglite(pglite) },
    onChange: (listener) => void changes.on(CHANNEL, listener),
    close: () => pglite.close(),
  };
}

async function migrate(database: Sql): Promise<void> {
  const migrator = new Migrator({ db: database, provider: { getMigrations: async () => MIGRATIONS } });
  const { error } = await migrator.migrateToLatest();
  if (error) throw new Error("The database could not be brought up to date.", { cause: error });
}

/** Sent by the database as it commits, so nothing that writes can forget to tell. */
async function announceChanges(database: Sql): Promise<void> {
  for (const [table, column] of [
    ["deployments", "id"],
    ["operations", "deployment_id"],
  ] as const) {
    const name = sql.id(`${CHANNEL}_of_${table}`);
    await sql`create or replace function ${name}() returns trigger language plpgsql as
      ${sql.lit(`begin perform pg_notify('${CHANNEL}', coalesce(new.${column}, old.${column})::text); return null; end`)}`.execute(
      database,
    );
    await sql`create or replace trigger ${name} after insert or update or delete on ${sql.table(table)}
      for each row execute function ${name}()`.execute(database);
  }
}
