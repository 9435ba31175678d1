// The tables of the database, as the migrations make them. Types only, but for what lists name.
import type { ColumnType, Generated, RawBuilder } from "kysely";
import type { ModelFacts } from "../../infra/assistant/openclaw.ts";
import type { Cause } from "../causes.ts";
import type { OperationKind } from "../lifecycle.ts";
import type { DeploymentTable, Json, Timestamp } from "./deployment-table.ts";
import type { ModelUsageTables } from "./model-usage-tables.ts";
import type { SampleTable } from "./sample-table.ts";
import type { SessionTables } from "./session-tables.ts";

interface AccountTable {
  id: string;
  name: string;
  created_at: Timestamp;
}

export const SCOPES = ["read", "write"] as const;
export type Scope = (typeof SCOPES)[number];

export interface ApiKeyTable {
  /** The public part of the key. */
  id: string;
  account_id: string;
  name: string;
  /** SHA-256 of the secret part, in hex. */
  hash: string;
  scopes: ColumnType<Scope[], string, never>;
  created_at: Timestamp;
  expires_at: Date | null;
  /** When it stops working; in the future while its successor overlaps it. */
  revoked_at: Date | null;
  last_used_at: Date | null;
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
  /** Those of the attempts before it since the stack's last operation that succeeded: each may have left Pulumi's lock. */
  lost_hosts: ColumnType<string[], string | undefined, string>;
  /** Of the HTTP request that asked for it; null if none did. */
  request_id: string | null;
  /** The backup that is being made, or restored. */
  backup_id: ColumnType<string | null, string | null | undefined, never>;
  /** Of a change of an active assistant's settings: the columns as they were, for when the assistant refuses it. */
  reverts: ColumnType<Reverts | null, string | null | undefined, never>;
  /** Its place in the queue, where accounts take turns: a lower one comes first. */
  turn: ColumnType<number, RawBuilder<number> | undefined, never>;
  /** Of a redeploy: whether it begins with no data if what there was is gone. */
  begin_empty: ColumnType<boolean, boolean | undefined, never>;
  /** Of a move: where to. */
  destination: ColumnType<Destination | null, string | undefined, never>;
  created_at: Timestamp;
  started_at: Date | null;
  finished_at: Date | null;
}

/** A place, as records name it. */
export interface Destination {
  readonly target: string;
  readonly region: string | null;
}

/** An image that Berth has pulled for a deployment: what nobody needs any more of them it removes. */
interface PulledImageTable {
  /** As deployments are pinned to it. */
  pin: string;
  /** What was pulled. */
  reference: string;
  pulled_at: Timestamp;
  /** Since when no deployment is pinned to it; null while one is. */
  unused_since: Date | null;
}

/** How many operations have ended so, of that kind and length; they are counted as they end. */
interface OperationCountTable {
  kind: OperationKind;
  outcome: string;
  duration_class: number;
  count: ColumnType<string, number, number>;
  seconds: number;
}

export type OperationState = "queued" | "running" | "succeeded" | "failed" | "cancelled";

interface OperationEventTable {
  operation_id: string;
  sequence: number;
  at: Timestamp;
  event: ColumnType<Record<string, unknown>, string, never>;
}

/** What a provider's list said of a model when it was last read. */
interface ModelFactsTable {
  provider: string;
  model_id: string;
  facts: ColumnType<ModelFacts, string, string>;
  read_at: Timestamp;
}

/** What takes a change of settings back. */
export interface Reverts {
  /** As they were before it. */
  readonly columns: Readonly<Record<string, string | string[] | null>>;
  /** The change before that had not ended: if it did not succeed, it is taken back, too. */
  readonly after: { readonly operationId: string; readonly reverts: Reverts } | null;
}

/** One call of the API, refused ones included. */
export interface AuditTable {
  id: string;
  at: Date;
  /** Null if the caller is unknown, as is the key's id. */
  account_id: string | null;
  key_id: string | null;
  /** Of a call by a session, whose key is `key_id`. */
  session_id: string | null;
  method: string;
  /** The pattern of its path, e.g. `/api/v1/assistants/:id`; null if there is no such page. */
  route: string | null;
  deployment_id: string | null;
  status: number;
  error_code: string | null;
  request_id: string;
  address: string | null;
}

interface IdempotencyKeyTable {
  account_id: string;
  key: string;
  fingerprint: string;
  /** Which of those who claimed it has it. */
  claim: string;
  leased_until: Date;
  /** Of the answer; null until it is known. */
  status: number | null;
  /** The answer's body, sealed by SecretBox. */
  answer: string | null;
  created_at: Timestamp;
}

interface RateLimitTable {
  key: string;
  points: number;
  /** Milliseconds since 1970; 64 bits, hence text. */
  expire: string | null;
}

/** What a payment provider said of a deployment, each thing once. */
interface PaymentNoticeTable {
  id: string;
  deployment_id: string;
  type: string;
  order_id: string | null;
  at: Date;
  heard_at: Timestamp;
}

export const BACKUP_REASONS = ["requested", "scheduled", "upgrade", "restore", "adopt"] as const;
export const BACKUP_STATES = ["running", "ready", "failed"] as const;

/** A copy of a deployment's state; its file is named by its id. */
export interface BackupTable {
  id: string;
  deployment_id: string;
  account_id: string;
  /** `upgrade` and `restore`: made before the state was changed by one. */
  reason: (typeof BACKUP_REASONS)[number];
  state: (typeof BACKUP_STATES)[number];
  /** Of the file, in bytes; 64 bits, hence text. Like the digest null until it is ready. */
  size: ColumnType<string | null, undefined, number>;
  sha256: ColumnType<string | null, undefined, string>;
  /** Of the assistant that the state belongs to. */
  image: string;
  operation_id: string;
  error: ColumnType<Cause | null, undefined, string>;
  created_at: ColumnType<Date, Date | undefined, Date>;
  finished_at: ColumnType<Date | null, undefined, Date>;
}

/** One try to deliver a callback, as its customer may see it. */
export interface CallbackAttempt {
  /** ISO 8601. */
  readonly at: string;
  /** Absent an answer, null. */
  readonly statusCode: number | null;
  readonly error: string | null;
}

/** Who waits to be let in, as an assistant has said last. */
interface PendingPairingTable {
  deployment_id: string;
  /** Their ids, one a line; empty while nobody waits. */
  requests: string;
}

export interface CallbackTable {
  /** Also the header webhook-id. */
  id: string;
  /** Order of events. It is handed out while the deployment's row is locked, so it is the order of its states. */
  sequence: Generated<string>;
  deployment_id: string;
  type: string;
  /** The very text that is signed and sent. */
  body: string;
  state: "pending" | "delivered" | "failed" | "disabled";
  /** How often it was tried since it was queued. */
  attempt: Generated<number>;
  /** The latest tries, those before a replay included. */
  attempts: ColumnType<CallbackAttempt[], string | undefined, string>;
  next_attempt_at: ColumnType<Date | null, Date | null | undefined, Date | null>;
  /** While a worker is sending it. */
  claimed_until: ColumnType<Date | null, undefined, Date | null>;
  created_at: Timestamp;
  /** When it was recorded, or replayed. */
  queued_at: Timestamp;
  /** What the trace of the operation that it reports goes on from; empty without tracing. */
  trace: ColumnType<Record<string, string> | null, string | undefined, never>;
}

export interface Schema extends ModelUsageTables, SessionTables {
  accounts: AccountTable;
  api_keys: ApiKeyTable;
  audit: AuditTable;
  backups: BackupTable;
  callbacks: CallbackTable;
  pending_pairings: PendingPairingTable;
  deployments: DeploymentTable;
  operations: OperationTable;
  operation_counts: OperationCountTable;
  operation_events: OperationEventTable;
  model_facts: ModelFactsTable;
  idempotency_keys: IdempotencyKeyTable;
  pulled_images: PulledImageTable;
  rate_limits: RateLimitTable;
  /** How each worker's last rehearsal has ended; `problem` is null once it has passed. */
  rehearsals: { worker: string; problem: string | null; at: Timestamp };
  payment_notices: PaymentNoticeTable;
  samples: SampleTable;
}
