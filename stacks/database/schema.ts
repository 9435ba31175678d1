// The tables of the database, as the migrations make them. Types only, but for the scopes of keys.
import type { ColumnType } from "kysely";
import type { ModelFacts } from "../../infra/assistant/openclaw.ts";
import type { BackupTable } from "../backups/table.ts";
import type { CallbackTable } from "../callbacks/table.ts";
import type { OperationKind, PaymentState, Status } from "../lifecycle.ts";
import type { WatchedColumns } from "./deployment-table.ts";
import type { ImageColumns } from "./image-columns.ts";

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

/** What does not work of an assistant that runs. */
export interface Warning {
  readonly cause: Cause;
  /** ISO 8601. */
  readonly since: string;
}

export interface AccountTable {
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

export interface DeploymentTable extends ImageColumns, WatchedColumns {
  id: string;
  account_id: string;
  status: Status;
  api_mode: "byok" | "managed" | "unlimited";
  /** Of AWS, for its life; null on Docker, and for one that was bought before this was kept and has no volume yet. */
  region: ColumnType<string | null, string | null | undefined, never>;
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
  /**
   * The Telegram bot that it drives, from activate or redeploy to stop or delete: nobody else may drive the same. Null
   * while none of its containers can run, and for one that runs with a bot that another had first, or has proven its own.
   */
  bot_id: string | null;
  /** When Telegram has accepted its token for that bot; null with bot_id, and until it has. */
  bot_proven_at: Moment;
  /** Telegram users who are answered without pairing. */
  allow_from: ColumnType<string[], string | undefined, string>;
  callback_url: string | null;
  /** Sealed by SecretBox, as is the one before the latest rotation, which signs as well until then. */
  callback_secret: string | null;
  callback_secret_before: string | null;
  callback_secret_before_until: Date | null;
  /** When the receiver asked for no more (410); a new callback URL clears it. */
  callback_disabled_at: Date | null;
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
  /** What an active assistant last said of itself, where that is not that it is ready. */
  warning: Json<Warning>;
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
  /** Of the HTTP request that asked for it; null if none did. */
  request_id: string | null;
  /** The backup that is being made, or restored. */
  backup_id: ColumnType<string | null, string | null | undefined, never>;
  /** Of a change of an active assistant's settings: the columns as they were, for when the assistant refuses it. */
  reverts: ColumnType<Reverts | null, string | null | undefined, never>;
  created_at: Timestamp;
  started_at: Date | null;
  finished_at: Date | null;
}

/** How many operations have ended so, of that kind and length; they are counted as they end. */
export interface OperationCountTable {
  kind: OperationKind;
  outcome: string;
  duration_class: number;
  count: ColumnType<string, number, number>;
  seconds: number;
}

export type OperationState = "queued" | "running" | "succeeded" | "failed" | "cancelled";

export interface OperationEventTable {
  operation_id: string;
  sequence: number;
  at: Timestamp;
  event: ColumnType<Record<string, unknown>, string, never>;
}

/** What a provider's list said of a model when it was last read. */
export interface ModelFactsTable {
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
  method: string;
  /** The pattern of its path, e.g. `/api/v1/assistants/:id`; null if there is no such page. */
  route: string | null;
  deployment_id: string | null;
  status: number;
  error_code: string | null;
  request_id: string;
  address: string | null;
}

export interface IdempotencyKeyTable {
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

export interface RateLimitTable {
  key: string;
  points: number;
  /** Milliseconds since 1970; 64 bits, hence text. */
  expire: string | null;
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
  accounts: AccountTable;
  api_keys: ApiKeyTable;
  audit: AuditTable;
  backups: BackupTable;
  callbacks: CallbackTable;
  deployments: DeploymentTable;
  operations: OperationTable;
  operation_counts: OperationCountTable;
  operation_events: OperationEventTable;
  model_facts: ModelFactsTable;
  idempotency_keys: IdempotencyKeyTable;
  rate_limits: RateLimitTable;
  payment_notices: PaymentNoticeTable;
}
