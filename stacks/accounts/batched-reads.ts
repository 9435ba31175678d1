// Reads that many ask for at about the same time, made in one statement.
import { setTimeout as sleep } from "node:timers/promises";

const COLLECTED_MS = 50;

export class BatchedReads<Row> {
  readonly #read: (ids: readonly string[]) => Promise<ReadonlyMap<string, Row>>;
  #batch: { readonly ids: Set<string>; readonly rows: Promise<ReadonlyMap<string, Row>> } | undefined;

  constructor(read: (ids: readonly string[]) => Promise<ReadonlyMap<string, Row>>) {
    this.#read = read;
  }

  /** The row of that id as it is 50 ms later, or undefined. @throws what the read throws */
  async get(id: string): Promise<Row | undefined> {
    this.#batch ??= this.#begin();
    this.#batch.ids.add(id);
    return (await this.#batch.rows).get(id);
  }

  #begin() {
    const ids = new Set<string>();
    const rows = sleep(COLLECTED_MS).then(() => {
      this.#batch = undefined;
      return this.#read([...ids]);
    });
    return { ids, rows };
  }
}
