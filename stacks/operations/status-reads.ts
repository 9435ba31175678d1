// What GET /:id/status reads, which customers poll. Who shares a database asks it at every call. The only process on an
// embedded one, which answers one question at a time, remembers until the database itself reports a change.
import type { Database, Sql } from "../database/database.ts";
import { findWithOperation } from "./operations.ts";

type Found = NonNullable<Awaited<ReturnType<typeof findWithOperation>>>;

const MAX_REMEMBERED = 1_000;

export class StatusReads {
  readonly #sql: Sql;
  readonly #isAlone: boolean;
  readonly #remembered = new Map<string, Found>();
  #changes = 0;

  constructor({ sql, onChange }: Pick<Database, "sql" | "onChange">) {
    this.#sql = sql;
    this.#isAlone = onChange !== undefined;
    onChange?.(({ what, deploymentId }) => {
      if (what === "progress" || what === "usage") return;
      this.#changes++;
      this.#remembered.delete(deploymentId);
    });
  }

  /** A deployment of the account, deleted ones included, and the operation that its status is about. */
  async find(accountId: string, id: string): Promise<Found | undefined> {
    const remembered = this.#remembered.get(id);
    if (remembered?.deployment.account_id === accountId) return remembered;
    const before = this.#changes;
    const found = await findWithOperation(this.#sql, accountId, id);
    // What was read before a change is old by now.
    if (found && this.#isAlone && before === this.#changes) this.#remember(id, found);
    return found;
  }

  #remember(id: string, found: Found): void {
    if (this.#remembered.size >= MAX_REMEMBERED) this.#remembered.clear();
    this.#remembered.set(id, found);
  }
}
