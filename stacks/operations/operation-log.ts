// An operation's log: its engine events in order. Events come in bursts; they are written a burst at a time.
import type { Sql } from "../database/database.ts";
import type { Redact } from "../deployments/redaction.ts";
import type { Operation } from "./operations.ts";

export class OperationLog {
  readonly #sql: Sql;
  readonly #operation: Operation;
  readonly #redact: Redact;
  #waiting: { at: Date; event: string }[] = [];
  #written: Promise<void> = Promise.resolve();

  constructor(sql: Sql, operation: Operation, redact: Redact) {
    this.#sql = sql;
    this.#operation = operation;
    this.#redact = redact;
  }

  add(event: OperationEvent): void {
    this.#waiting.push({ at: new Date(), event: this.#redact(JSON.stringify(event)) });
    if (this.#waiting.length === 1) this.#written = this.#written.then(() => this.#write());
  }

  /** Resolves when everything added so far is stored. */
  async flush(): Promise<void> {
    await this.#written;
  }

  /** A burst that can't be stored is lost: the log describes an operation, it doesn't decide about it. */
  async #write(): Promise<void> {
    const burst = this.#waiting;
    this.#waiting = [];
    try {
      const last = await this.#lastSequence();
      if (last === undefined) return;
      const rows = burst.map((entry, index) => ({
        operation_id: this.#operation.id,
        sequence: last + 1 + index,
        ...entry,
      }));
      await this.#sql.insertInto("operation_events").values(rows).execute();
    } catch {
      // The database is away, or another attempt has written meanwhile.
    }
  }

  /** Undefined if another attempt has taken the operation over: the log is its own from then on. */
  async #lastSequence(): Promise<number | undefined> {
    const { id, attempt } = this.#operation;
    const found = await this.#sql
      .selectFrom("operations")
      .leftJoin("operation_events", "operation_events.operation_id", "operations.id")
      .select(({ fn }) => fn.max("sequence").as("sequence"))
      .where("operations.id", "=", id)
      .where("attempt", "=", attempt)
      .groupBy("operations.id")
      .executeTakeFirst();
    return found && (found.sequence ?? 0);
  }
}

export interface LogEntry {
  readonly sequence: number;
  readonly at: Date;
  readonly event: OperationEvent;
}

/** Entries after `sequence`, in order: all of them, or as many as `limit`. */
export async function readLog(
  sql: Sql,
  operationId: string,
  sequence: number,
  limit?: number,
): Promise<LogEntry[]> {
  const entries = sql
    .selectFrom("operation_events")
    .select(["sequence", "at", "event"])
    .where("operation_id", "=", operationId)
    .where("sequence", ">", sequence)
    .orderBy("sequence")
    .$castTo<LogEntry>();
  return (limit === undefined ? entries : entries.limit(limit)).execute();
}

export type OperationEvent =
  | {
      readonly kind: "resource";
      readonly step: "started" | "done" | "failed";
      readonly op: string;
      readonly resource: string;
    }
  | { readonly kind: "diagnostic"; readonly severity: string; readonly message: string }
  | { readonly kind: "summary"; readonly durationSeconds: number; readonly changes: Record<string, number> };
