// The table of callbacks, as the migrations make it. Types only.
import type { ColumnType, Generated } from "kysely";

type Timestamp = ColumnType<Date, Date | undefined, Date>;

/** One try to deliver a callback, as its customer may see it. */
export interface CallbackAttempt {
  /** ISO 8601. */
  readonly at: string;
  /** Absent an answer, null. */
  readonly statusCode: number | null;
  readonly error: string | null;
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
}
