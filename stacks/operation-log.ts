// An operation's log: its engine events in order. Events come in bursts; they are written a burst at a time.
import type { Sql } from "./database.ts";
import type { OperationEvent } from "./engine-events.ts";

export class OperationLog {
  readonly #sql: Sql;
  readonly #operationId: string;
  #waiting: { at: Date; event: string }[] = [];
  #written: Promise<void> = Promise.resolve();

  constructor(sql: Sql, operationId: string) {
    this.#sql = sql;
    this.#operationId = operationId;
  }

  add(event: OperationEvent): void {
    this.#waiting.push({ at: new Date(), event: JSON.stringify(event) });
    if (this.#waiting.length === 1) this.#written = this.#written.then(() => this.#write());
  }

  /** Resolves when everything added so far is stored. */
  async flush(): Promise<void> {
    await this.#written;
  }

  async #write(): Promise<void> {
    const burst = this.#waiting;
    this.#waiting = [];
    const last = await this.#sql
      .selectFrom("operation_events")
      .select(({ fn }) => fn.max("sequence").as("sequence"))
      .where("operation_id", "=", this.#operationId)
      .executeTakeFirst();
    const next = (last?.sequence ?? 0) + 1;
    const rows = burst.map((entry, index) => ({
      operation_id: this.#operationId,
      sequence: next + index,
      ...entry,
    }));
    await this.#sql.insertInto("operation_events").values(rows).execute();
  }
}

/** Entries after `sequence`, in order. */
export async function readLog(sql: Sql, operationId: string, sequence: number) {
  return sql
    .selectFrom("operation_events")
    .select(["sequence", "at", "event"])
    .where("operation_id", "=", operationId)
    .where("sequence", ">", sequence)
    .orderBy("sequence")
    .execute();
}
