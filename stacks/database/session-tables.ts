// The tables of signing in. Types only.
import type { Timestamp } from "./deployment-table.ts";

/** A browser that is signed in: with a key of an account, or with the installation's own. */
export interface SessionTable {
  id: string;
  /** SHA-256 of the cookie's value, in hex. */
  hash: string;
  account_id: string;
  /** The key that it began with; null for the operator's. */
  key_id: string | null;
  /** A keyed hash of the installation's key that it began with; null for an account's. */
  operator_key: string | null;
  created_at: Date;
  /** Written at most once a minute. */
  last_used_at: Date;
  /** When it was signed out. */
  ended_at: Date | null;
}

/** A link that signs the operator in. Using it deletes it. */
interface SignInLinkTable {
  /** SHA-256 of its token, in hex. */
  hash: string;
  /** As that of a session. */
  operator_key: string;
  created_at: Timestamp;
}

export interface SessionTables {
  sessions: SessionTable;
  sign_in_links: SignInLinkTable;
}
