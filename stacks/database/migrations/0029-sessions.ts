import { type Kysely, sql } from "kysely";
import type { Migration } from "kysely/migration";

/** Sessions of the page, links that sign the operator in, and which calls came by a session. */
export const sessions: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
  },
};

const STATEMENTS = [
  `create table sessions (
    id uuid primary key,
    hash text not null unique,
    account_id uuid not null references accounts,
    key_id text references api_keys on delete cascade,
    operator_key text,
    created_at timestamptz not null,
    last_used_at timestamptz not null,
    ended_at timestamptz,
    check ((key_id is null) <> (operator_key is null))
  )`,
  "create index sessions_of_account on sessions (account_id, id)",
  "create index sessions_of_key on sessions (key_id)",
  `create table sign_in_links (
    hash text primary key,
    operator_key text not null,
    created_at timestamptz not null default now()
  )`,
  "alter table audit add column session_id uuid",
];
