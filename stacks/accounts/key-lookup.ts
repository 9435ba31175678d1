// Finds the key of a call. Who shares a database asks it at every call, so that a revoked key is refused at once by
// every process; the only process on an embedded one remembers, and forgets when a key is changed.
import type { Database, Sql } from "../database/database.ts";
import { type ApiKey, isSecretOf, noteUse, parseKeyText, readKey, readKeys, works } from "./api-keys.ts";
import { BatchedReads } from "./batched-reads.ts";

export class KeyLookup {
  readonly #sql: Sql;
  /** Of answers that go on: each asks about its key every two seconds. */
  readonly #reads: BatchedReads<ApiKey>;
  #remembered: Map<string, ApiKey> | undefined;

  constructor({ sql, kind }: Pick<Database, "sql" | "kind">) {
    this.#sql = sql;
    this.#reads = new BatchedReads((ids) => readKeys(sql, ids));
    this.#remembered = kind === "pglite" ? new Map() : undefined;
  }

  /** The key that this text is; undefined if there is none or it no longer works. */
  async find(text: string): Promise<ApiKey | undefined> {
    const { id, secret } = parseKeyText(text) ?? {};
    if (!id || !secret) return undefined;
    // What was read before a change goes to the map of before.
    const remembered = this.#remembered;
    const key = remembered?.get(id) ?? (await readKey(this.#sql, id));
    const now = new Date();
    if (!isSecretOf(key, secret) || !key || !works(key, now)) return undefined;
    const used = await noteUse(this.#sql, key, now);
    remembered?.set(id, used);
    return used;
  }

  /** Whether a key that was found before still works. @throws Error while the database is away */
  async stillWorks(id: string): Promise<boolean> {
    const key = this.#remembered?.get(id) ?? (await this.#reads.get(id));
    return key !== undefined && works(key, new Date());
  }

  /** Call it after a key was revoked or rotated. */
  forget(): void {
    if (this.#remembered) this.#remembered = new Map();
  }
}
