import { type Kysely, sql } from "kysely";
import type { Migration } from "kysely/migration";

/** Counts and microdollars are double precision: exact up to 2^53, and a number with both drivers. */
export const modelUsage: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    await db.schema
      .alterTable("deployments")
      .addColumn("model_token", "text")
      .addColumn("model_limits", "jsonb")
      .addColumn("limit_warning", "jsonb")
      .execute();
    for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
  },
};

const STATEMENTS = [
  `create table model_tokens (
    hash text primary key,
    deployment_id uuid not null references deployments on delete cascade,
    created_at timestamptz not null default now()
  )`,
  "create index model_tokens_of_deployment on model_tokens (deployment_id)",
  `create table model_spend (
    deployment_id uuid primary key references deployments on delete cascade,
    month text not null default '', month_tokens float8 not null default 0, month_microdollars float8 not null default 0,
    day text not null default '', day_tokens float8 not null default 0, day_microdollars float8 not null default 0,
    minute text not null default '', minute_tokens float8 not null default 0, minute_microdollars float8 not null default 0,
    open_requests integer not null default 0, open_tokens float8 not null default 0, open_microdollars float8 not null default 0
  )`,
  `create table model_requests (
    id uuid primary key,
    deployment_id uuid not null,
    gateway_id uuid not null,
    at timestamptz not null,
    provider text not null,
    model text not null,
    state text not null,
    worst_tokens float8 not null,
    worst_microdollars float8,
    input float8 not null default 0,
    cached_input float8 not null default 0,
    cache_writes float8 not null default 0,
    output float8 not null default 0,
    counted_tokens float8 not null default 0,
    microdollars float8,
    status integer,
    duration_ms integer
  )`,
  "create index model_requests_of_deployment on model_requests (deployment_id, at)",
  "create index model_requests_by_time on model_requests (at)",
  "create index open_model_requests on model_requests (gateway_id) where state = 'open'",
  `create table model_usage_days (
    deployment_id uuid not null,
    day date not null,
    provider text not null,
    model text not null,
    requests float8 not null default 0,
    input float8 not null default 0,
    cached_input float8 not null default 0,
    cache_writes float8 not null default 0,
    output float8 not null default 0,
    counted_tokens float8 not null default 0,
    microdollars float8 not null default 0,
    unpriced_requests float8 not null default 0,
    primary key (deployment_id, day, provider, model)
  )`,
  "create index model_usage_by_day on model_usage_days (day)",
  "create table model_gateways (id uuid primary key, seen_at timestamptz not null default now())",
  "create table gateway_authority (id integer primary key, certificate text not null, sealed_key text not null)",
  "create table model_stops (provider text primary key, since timestamptz not null default now())",
];
