// Records in SQL: PostgreSQL by DATABASE_URL, else PGlite in the data folder; the same migrations for both.
import { type ColumnType, Kysely, PGliteDialect, PostgresDialect } from "kysely";
import { Migrator } from "kysely/migration";
import { fromPglite } from "pg-boss";
import type { OperationKind, PaymentState, Status } from "./lifecycle.ts";
import { MIGRATIONS } from "./migrations/index.ts";

type Json<T> = ColumnType<T | null, string | null, string | null>;
type Timestamp = ColumnType<Date, Date | undefined, Date>;
type Moment = ColumnType<Date | null, Date | undefined, Date | null>;

/** Why an operation failed, in words for the customer. */
export interface Cause {
  readonly code: string;
  readonly message: string;
}

/** How the engine was found to differ from what was asked for. */
export interface Seen {
  readonly state: "missing" | "ended" | "restarting" | "paused" | "changed" | "unexpected" | "unknown";
  readonly detail: string;
  /** ISO 8601. */
  readonly since: string;
}

export interface DeploymentTable {
  id: string;
  status: Status;
  api_mode: "byok" | "managed" | "unlimited";
  /** Whoever serves the checkout knows it by this: Berth itself, or Polar. */
  checkout_id: string;
  /** Where the payment provider serves it; null once it is paid, or if Berth serves it. */
  checkout_url: string | null;
  checkout_expires_at: Moment;
  /** The order that was paid by the latest checkout, and the subscription that came of it, by the provider's names. */
  order_id: string | null;
  subscription_id: string | null;
  /** What the provider said last, when that was by its own clock, and when Berth last heard of it. */
  payment: ColumnType<PaymentState, PaymentState | undefined, PaymentState>;
  payment_at: Moment;
  payment_asked_at: Moment;
  /** Since when, by Berth's clock, nobody pays: the data is kept for so long and no longer. */
  payment_ended_at: Moment;
  /** The status to go back to when somebody pays again. */
  suspended_from: "purchased" | "active" | "stopped" | null;
  name: string | null;
  model_provider: string | null;
  model_id: string | null;
  callback_url: string | null;
  /** Sealed by SecretBox, as are the two below. */
  telegram_bot_token: string | null;
  model_api_key: string | null;
  gateway_token: string | null;
  /** Place in the ranges of host ports and subnets, kept for the deployment's life. */
  address: number | null;
  stack_exists: ColumnType<boolean, boolean | undefined, boolean>;
  /** What the stack last reported. */
  outputs: Json<Record<string, unknown>>;
  /** What the engine was last seen to hold, where that is not what the record says. */
  seen: Json<Seen>;
  /** The latest operation. */
  operation_id: string | null;
  created_at: Timestamp;
  updated_at: Timestamp;
}

export interface OperationTable {
  id: string;
  deployment_id: string;
  kind: OperationKind;
  state: OperationState;
  error: Json<Cause>;
  cancel_requested: ColumnType<boolean, boolean | undefined, boolean>;
  /** How often a worker has begun to carry it out. */
  attempt: ColumnType<number, number | undefined, number>;
  /** Name of the host of the latest attempt. */
  host: string | null;
  created_at: Timestamp;
  started_at: Date | null;
  finished_at: Date | null;
}

export type OperationState = "queued" | "running" | "succeeded" | "failed" | "cancelled";

export interface OperationEventTable {
  operation_id: string;
  sequence: number;
  at: Timestamp;
  event: ColumnType<Record<string, unknown>, string, never>;
}

/** What a payment provider said of a deployment, each thing once. */
export interface PaymentNoticeTable {
  id: string;
  deployment_id: string;
  type: string;
  order_id: string | null;
  at: Date;
  heard_at: Timestamp;
}

export interface Schema {
  deployments: DeploymentTable;
  operations: OperationTable;
  operation_events: OperationEventTable;
  payment_notices: PaymentNoticeTable;
}

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
