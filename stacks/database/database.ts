// Records in SQL: PostgreSQL by DATABASE_URL, else PGlite in the data folder; the same migrations for both.
import { EventEmitter } from "node:events";
import { Kysely, PGliteDialect, PostgresDialect } from "kysely";
import { Migrator } from "kysely/migration";
import type { Pool } from "pg";
import { fromPglite } from "pg-boss";
import { isDiskFull } from "../data-folder.ts";
import { endOnceLost, hearAllClients, PATIENCE, READY } from "./connections.ts";
import { MIGRATIONS } from "./migrations/index.ts";
import type { Schema } from "./schema.ts";
import { assertSessions } from "./sessions.ts";

export type Sql = Kysely<Schema>;

/** The channel on which the database announces changes. */
export const CHANGES = "berth_changes";

/** PostgreSQL writes its log in pieces of 16 MiB. */
const NEEDED_TO_OPEN = 16 * 1024 * 1024;

/** PGlite would keep a file of each table and index open, some three hundred: what few descriptors there are is for callers. */
const MOST_FILES = 64;

/** One row that was changed, by ids alone. */
export interface Change {
  readonly what: "deployment" | "removed" | "operation" | "progress" | "usage" | "pairing" | "callback";
  readonly deploymentId: string;
  /** Of a deployment, a pairing or a callback its account, of an operation or its progress the operation. */
  readonly other: string | undefined;
}

const CHANGE =
  /^(deployment|removed|operation|progress|usage|pairing|callback) ([0-9a-f-]{36})(?: ([0-9a-f-]{36}))?$/;

/** What a trigger has sent; undefined for what none of this version sends. */
export function parseChange(payload: string | undefined): Change | undefined {
  const [, what, deploymentId, other] = CHANGE.exec(payload ?? "") ?? [];
  return what && deploymentId ? { what: what as Change["what"], deploymentId, other } : undefined;
}

/** An open database. `queue` is how pg-boss reaches the same database. */
export interface Database {
  readonly kind: "postgres" | "pglite";
  readonly sql: Sql;
  readonly queue: { readonly connectionString: string } | { readonly db: ReturnType<typeof fromPglite> };
  /** Reports every committed change; absent where others make changes too. */
  readonly onChange?: (listener: (change: Change) => void) => void;
  close(): Promise<void>;
}

/**
 * Opens the database and brings its tables up to date.
 * @throws Error when it can't be reached, a pooler takes its sessions away, or a migration fails (nothing of that migration
 * is kept).
 */
export async function openDatabase(where: { url: string } | { folder: string }): Promise<Database> {
  if ("url" in where) return openPostgres(where.url);
  const database = await openPglite(where.folder);
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
  hearAllClients(pg.Client);
  await assertSessions(url);
  const where = { connectionString: url, ...PATIENCE };
  // A migration of a large table takes long, and who starts beside it waits as long.
  const migrating = onPool(new pg.Pool({ ...where, query_timeout: undefined }));
  await migrate(migrating).finally(() => migrating.destroy());
  const database = onPool(new pg.Pool({ ...where, max: 10 }));
  return {
    kind: "postgres",
    sql: database,
    queue: { connectionString: url },
    close: () => database.destroy(),
  };
}

function onPool(pool: Pool): Sql {
  // An idle connection that breaks is replaced by the pool; without a listener it would end the process.
  pool.on("error", () => {});
  pool.on("connect", (client) => {
    // So would one that breaks while somebody uses it: the statement's own error is the one that is reported.
    client.on("error", () => {});
    client.query(READY).catch(() => {});
    endOnceLost(client);
  });
  return new Kysely({ dialect: new PostgresDialect({ pool }) });
}

async function openPglite(folder: string): Promise<Database> {
  const { PGlite } = await import("@electric-sql/pglite");
  const startParams = [...PGlite.defaultStartParams, "-c", `max_files_per_process=${MOST_FILES}`];
  const pglite = await PGlite.create(folder, { startParams }).catch(async (error: unknown) => {
    const [why, advice] = await whyNotOpened(folder, error);
    throw new Error(`The embedded database in ${folder} can't be opened: ${why}\n  ${advice}`, {
      cause: error,
    });
  });
  const changes = new EventEmitter();
  changes.setMaxListeners(0);
  await pglite.listen(CHANGES, (payload) => {
    const change = parseChange(payload);
    if (change) changes.emit(CHANGES, change);
  });
  return {
    kind: "pglite",
    sql: new Kysely<Schema>({ dialect: new PGliteDialect({ pglite }) }),
    queue: { db: fromPglite(pglite) },
    onChange: (listener) => void changes.on(CHANGES, listener),
    close: () => pglite.close(),
  };
}

/** What is wrong, and what helps. PGlite's file system throws what is no Error, and says a number at most. */
async function whyNotOpened(folder: string, error: unknown): Promise<[string, string]> {
  if (await isDiskFull(folder, NEEDED_TO_OPEN))
    return ["its disk is full.", "Make room, then start Berth again."];
  const why = error instanceof Error ? error.message : JSON.stringify(error);
  const advice = `Put the data folder back from a copy. Moving ${folder} aside begins with an empty database, which knows none of the assistants that run.`;
  return [why, advice];
}

async function migrate(database: Sql): Promise<void> {
  const migrator = new Migrator({ db: database, provider: { getMigrations: async () => MIGRATIONS } });
  const { error } = await migrator.migrateToLatest();
  if (error) throw new Error("The database could not be brought up to date.", { cause: error });
}
